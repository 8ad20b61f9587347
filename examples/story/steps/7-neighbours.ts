import { createBrowser } from '../browser/browser.ts'
import { holds, same } from '../expect.ts'
import { type Stage, type Step, signIn } from '../stage.ts'

/** Who is signed in needs no provider, and no application needs another. */
export const neighboursAway: Step = {
  name: 'others away',
  async run(stage) {
    const { bob, demonstration } = stage
    const { idp, billing } = demonstration.parts
    const portal = await signIn(demonstration, bob, 'bob', 'portal')
    same('who is signed in again, and the version of the new session', [portal.fact('subject'), portal.fact('version')], ['bob', '1'])
    stage.ledger.push({
      who: 'bob',
      application: 'gateway',
      operation: 'create',
      paths: [],
      reason: 'login',
      outcome: 'committed',
      toVersion: 1,
    })
    await idp.stop()
    await worksOn(stage)
    const status = await newLogin(stage)
    await billing.stop()
    same('the portal without billing', (await bob.open(`${demonstration.origins.portal}/`)).status, 200)
    await holdsAway(stage)
    return `provider stopped: bob reads and writes on, a new login gets ${status}; billing stopped: the portal works on`
  },
}

async function worksOn({ demonstration, bob, ledger }: Stage): Promise<void> {
  const portal = await bob.open(`${demonstration.origins.portal}/`)
  const after = await bob.submit(portal, portal.form('change-locale'), { locale: 'de-DE' })
  same('the version after a change', after.fact('version'), '2')
  for (const name of ['billing', 'workspace'] as const)
    same(`the version in ${name}`, (await bob.open(`${demonstration.origins[name]}/`)).fact('version'), '2')
  ledger.push({
    who: 'bob',
    application: 'portal',
    operation: 'update',
    paths: ['context.locale'],
    reason: 'locale.change',
    outcome: 'committed',
    toVersion: 2,
  })
}

async function newLogin({ demonstration }: Stage): Promise<number> {
  const stranger = await createBrowser().open(`${demonstration.origins.portal}/`)
  holds('a new login comes as far as the gateway', stranger.url.startsWith(`${demonstration.origins.gateway}/login`))
  same('its answer', stranger.status, 503)
  holds('it says when to try again', Number(stranger.headers['retry-after']) >= 1)
  return stranger.status
}

/** That billing is away is not taken on trust. */
async function holdsAway({ demonstration, bob }: Stage): Promise<void> {
  const answer = await bob.ask(`${demonstration.origins.billing}/`).catch(() => null)
  same('the answer of a billing that was stopped', answer?.status ?? 'none', 'none')
}
