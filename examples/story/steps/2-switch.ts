import type { Page } from '../browser/page.ts'
import { same } from '../expect.ts'
import type { Stage, Step } from '../stage.ts'

/** One application changes the session, the others see it. */
export const switchTenant: Step = {
  name: 'one change',
  async run(stage) {
    const before = await stage.bob.open(`${stage.demonstration.origins.portal}/`)
    const version = Number(before.fact('version'))
    await change(stage, before, version)
    await announce(stage, version + 1)
    const back = await changeByAction(stage, version + 2)
    return `acme to globex in the portal, version ${version} to ${version + 1}; billing's next read shows globex at ${version + 1}; the announcement reaches it too; ${back}`
  },
}

async function change({ demonstration, bob, ledger }: Stage, before: Page, version: number): Promise<void> {
  same('the tenant before', before.fact('tenant'), 'acme')
  const portal = await bob.submit(before, before.form('switch-tenant'), { tenant: 'globex' })
  const billing = await bob.open(`${demonstration.origins.billing}/`)
  same('tenant and version in the portal', [portal.fact('tenant'), portal.fact('version')], ['globex', String(version + 1)])
  same('tenant and version in billing', [billing.fact('tenant'), billing.fact('version')], ['globex', String(version + 1)])
  ledger.push({
    who: 'bob',
    application: 'portal',
    operation: 'update',
    paths: ['context.tenant'],
    reason: 'tenant.switch',
    outcome: 'committed',
    toVersion: version + 1,
  })
}

/** A signal is a commit like any other: one version, one record. */
async function announce({ demonstration, bob, ledger }: Stage, version: number): Promise<void> {
  const portal = await bob.open(`${demonstration.origins.portal}/`)
  await bob.submit(portal, portal.form('announce'))
  const billing = await bob.open(`${demonstration.origins.billing}/`)
  same(
    'what billing shows of the announcement',
    [billing.factOrNull('announced'), billing.fact('version')],
    ['globex', String(version + 1)],
  )
  ledger.push({
    who: 'bob',
    application: 'portal',
    operation: 'signal',
    paths: ['signals.tenantChanged'],
    reason: 'signal.tenantChanged',
    outcome: 'committed',
    toVersion: version + 1,
  })
}

/** A server action of the Next.js application; and the form of a page that was opened before it, which changes nothing. */
async function changeByAction({ demonstration, bob, ledger }: Stage, version: number): Promise<string> {
  const { origins } = demonstration
  const before = await bob.open(`${origins.workspace}/`)
  same('tenant and version in the workspace', [before.fact('tenant'), before.fact('version')], ['globex', String(version)])
  const workspace = await bob.submit(before, before.form('switch-tenant'), { tenant: 'acme' })
  const expected = [200, 'acme', String(version + 1)]
  same('the workspace after its action', [workspace.status, workspace.fact('tenant'), workspace.fact('version')], expected)
  const late = await bob.submit(before, before.form('switch-tenant'), { tenant: 'globex' })
  // In a browser that runs scripts `error.tsx` explains it; to a form sent without one Next.js says no more than this.
  same('the answer to an older tab', late.status, 500)
  const portal = await bob.open(`${origins.portal}/`)
  same('what the portal shows after both', [portal.status, portal.fact('tenant'), portal.fact('version')], expected)
  ledger.push({
    who: 'bob',
    application: 'workspace',
    operation: 'update',
    paths: ['context.tenant'],
    reason: 'tenant.switch',
    outcome: 'committed',
    toVersion: version + 1,
  })
  return `a server action of the workspace switches back, the portal shows acme at ${version + 1}, and an older tab changes nothing`
}
