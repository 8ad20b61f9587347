import { holds, same } from '../expect.ts'
import { readAudit } from '../ledger.ts'
import type { Step } from '../stage.ts'

/** What the contract does not grant, the gateway does not do. */
export const refused: Step = {
  name: 'a refusal',
  async run({ demonstration, bob, ledger }) {
    const address = `${demonstration.origins.billing}/`
    const before = await bob.open(address)
    const answer = await bob.submit(before, before.form('upgrade'))
    same('what billing shows of the answer', [answer.status, answer.fact('status'), answer.fact('code')], [403, '403', 'write_denied'])
    const after = await bob.open(address)
    same('plan and version', [after.fact('plan'), after.fact('version')], [before.fact('plan'), before.fact('version')])
    const last = (await readAudit(demonstration)).at(-1)
    holds('the audit has the attempt', last?.outcome === 'denied' && last.application === 'billing')
    ledger.push({
      who: 'bob',
      application: 'billing',
      operation: 'update',
      paths: ['entitlements.plan'],
      reason: 'plan.upgrade',
      outcome: 'denied',
      toVersion: null,
    })
    return `billing tries entitlements.plan: 403 write_denied, version stays ${after.fact('version')}, audit record ${last.seq} says denied`
  },
}
