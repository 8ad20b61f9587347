import { holds, same } from '../expect.ts'
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
    ledger.push({
      who: 'bob',
      application: 'gateway',
      operation: 'create',
      paths: [],
      reason: 'login',
      outcome: 'committed',
      toVersion: 1,
    })
    return "through the provider's form; portal, billing and workspace all show subject bob, version 1"
  },
}
