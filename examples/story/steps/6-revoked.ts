import type { Page } from '../browser/page.ts'
import { holds, same } from '../expect.ts'
import { type Stage, type Step, signIn } from '../stage.ts'

/** What an administrator ends has ended everywhere. */
export const revoked: Step = {
  name: 'a revocation',
  async run(stage) {
    const { demonstration, bob } = stage
    const { origins } = demonstration
    const version = Number((await bob.open(`${origins.portal}/`)).fact('version'))
    same("Bob's own answer from administration", (await bob.open(`${origins.admin}/`)).status, 403)
    await endSessionOf(stage, version)
    const endedAt = performance.now()
    const answers = [await bob.ask(`${origins.portal}/`), await bob.ask(`${origins.billing}/`)]
    const elapsedMs = Math.round(performance.now() - endedAt)
    for (const { status, headers, text } of answers) {
      same('the next answer', [status, reasonIn(text), headers['set-cookie']], [401, 'revoked', undefined])
    }
    return `ada looks bob up and ends his session; the next requests to portal and billing are 401 revoked (${elapsedMs} ms for both)`
  },
}

async function endSessionOf({ demonstration, ada, ledger }: Stage, version: number): Promise<void> {
  const start = await signIn(demonstration, ada, 'ada', 'admin')
  ledger.push({ who: 'ada', application: 'gateway', operation: 'create', paths: [], reason: 'login', outcome: 'committed', toVersion: 1 })
  const found = await ada.submit(start, start.form('lookup'), { subject: 'bob' })
  same('how many sessions Bob has', found.factOrNull('sessions'), '1')
  const after = await ada.submit(found, found.form('end-sessions'), { ...buttonOf(found), reason: 'support.request' })
  same('how many sessions Bob has now', [after.status, after.factOrNull('sessions')], [200, null])
  ledger.push({
    who: 'ada',
    application: 'admin',
    operation: 'end',
    paths: [],
    reason: 'support.request',
    outcome: 'committed',
    // An end changes no document: the record names the version that the session ended at.
    toVersion: version,
  })
}

function buttonOf(page: Page): Readonly<Record<string, string>> {
  const button = page.form('end-sessions').buttons.find(({ name }) => name === 'id')
  holds('there is a button for each session', button !== undefined)
  return { id: button.value }
}

function reasonIn(problem: string): unknown {
  return (JSON.parse(problem) as { reason?: unknown }).reason
}
