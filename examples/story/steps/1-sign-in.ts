import { holds, same } from '../expect.ts'
import { type Step, signIn } from '../stage.ts'

/** One sign-in, two applications. */
export const signInOnce: Step = {
  name: 'one sign-in',
  async run({ demonstration, bob, ledger }) {
    const { origins } = demonstration
    const portal = await signIn(demonstration, bob, 'bob', 'portal')
    holds(`the sign-in leads back to the portal, and not to ${portal.url}`, portal.url === `${origins.portal}/`)
    const billing = await bob.open(`${origins.billing}/`)
    same('the answers of portal and billing', [portal.status, billing.status], [200, 200])
    same('redirects on the way to billing', billing.redirects, 0)
    same('the subjects that they show', [portal.fact('subject'), billing.fact('subject')], ['bob', 'bob'])
    same('the versions that they show', [portal.fact('version'), billing.fact('version')], ['1', '1'])
    ledger.push({
      who: 'bob',
      application: 'gateway',
      operation: 'create',
      paths: [],
      reason: 'login',
      outcome: 'committed',
      toVersion: 1,
    })
    return "through the provider's form; portal and billing both show subject bob, version 1"
  },
}
