import { setTimeout as wait } from 'node:timers/promises'
import type { Browser } from '../browser/browser.ts'
import { holds, same } from '../expect.ts'
import type { Demonstration } from '../processes/demonstration.ts'
import { type Step, signIn } from '../stage.ts'

/** One sign-in, three applications. */
export const signInOnce: Step = {
  name: 'one sign-in',
  async run({ demonstration, bob, ledger }) {
    const { origins } = demonstration
    const portal = await signIn(demonstration, bob, 'bob', 'portal')
    holds(`the sign-in leads back to the portal, and not to ${portal.url}`, portal.url === `${origins.portal}/`)
    const billing = await bob.open(`${origins.billing}/`)
    const workspace = await bob.open(`${origins.workspace}/`)
    const all = [portal, billing, workspace]
    same(
      'the answers of portal, billing and workspace',
      all.map(({ status }) => status),
      [200, 200, 200],
    )
    same('redirects on the way to billing and workspace', [billing.redirects, workspace.redirects], [0, 0])
    same(
      'the subjects that they show',
      all.map((page) => page.fact('subject')),
      ['bob', 'bob', 'bob'],
    )
    same(
      'the versions that they show',
      all.map((page) => page.fact('version')),
      ['1', '1', '1'],
    )
    await fromMemory(demonstration, bob)
    ledger.push({
      who: 'bob',
      application: 'gateway',
      operation: 'create',
      paths: [],
      reason: 'login',
      outcome: 'committed',
      toVersion: 1,
    })
    return "through the provider's form; portal, billing and workspace all show subject bob, version 1; a moment later each answers from its own memory, source lease"
  },
}

/** 2 s: the first live read asks for a lease, and the next one has it. */
const leaseWithinMs = 2_000

/** Every application reads by a lease as soon as it has been asked once. */
async function fromMemory({ origins }: Demonstration, bob: Browser): Promise<void> {
  const beganAt = performance.now()
  const addresses = [`${origins.portal}/`, `${origins.billing}/`, `${origins.workspace}/`]
  for (;;) {
    const sources: (string | null)[] = []
    for (const address of addresses) sources.push((await bob.open(address)).fact('source'))
    if (sources.every((source) => source === 'lease')) return
    holds(
      `all applications read by a lease within ${leaseWithinMs} ms, and not ${sources.join(', ')}`,
      performance.now() - beganAt < leaseWithinMs,
    )
    await wait(20)
  }
}
