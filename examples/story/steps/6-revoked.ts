import type { Page } from '../browser/page.ts'
import { send } from '../browser/send.ts'
import { holds, same } from '../expect.ts'
import { type Stage, type Step, signIn } from '../stage.ts'

/** What an administrator ends has ended everywhere, and so has what one signs out of. */
export const revoked: Step = {
  name: 'a revocation',
  async run(stage) {
    const { demonstration, bob } = stage
    const { origins } = demonstration
    const version = Number((await bob.open(`${origins.portal}/`)).fact('version'))
    same("Bob's own answer from administration", (await bob.open(`${origins.admin}/`)).status, 403)
    await endSessionOf(stage, version)
    const endedAt = performance.now()
    const addresses = [`${origins.portal}/`, `${origins.billing}/`, `${origins.workspace}/view`]
    const answers = await Promise.all(addresses.map((address) => bob.ask(address)))
    const elapsedMs = Math.round(performance.now() - endedAt)
    for (const { status, headers, text } of answers) {
      same('the next answer', [status, reasonIn(text), headers['set-cookie']], [401, 'revoked', undefined])
    }
    const reason = await signOut(stage)
    return `ada looks bob up and ends his session; the next requests to portal, billing and workspace are 401 revoked (${elapsedMs} ms for all); she signs out in the portal, and to the cookie that she had the workspace says ${reason}`
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

/** The browser has lost its cookie then, which proves nothing: so the one from before is sent once more. */
async function signOut({ demonstration: { origins }, ada, ledger }: Stage): Promise<unknown> {
  const url = `${origins.workspace}/view`
  const asBefore = { accept: 'application/json', cookie: ada.cookiesFor(url) }
  same('the workspace before it', (await send({ method: 'GET', url, headers: asBefore })).status, 200)
  const question = await ada.open(`${origins.portal}/sign-out`)
  const signedOut = await ada.submit(question, question.form())
  same('where the sign-out leads to', [signedOut.status, signedOut.url], [200, `${origins.portal}/signed-out`])
  const { status, text } = await send({ method: 'GET', url, headers: asBefore })
  const reason = reasonIn(text)
  same('the workspace after it', [status, reason], [401, 'revoked'])
  ledger.push({ who: 'ada', application: 'portal', operation: 'end', paths: [], reason: 'sign_out', outcome: 'committed', toVersion: 1 })
  return reason
}

function buttonOf(page: Page): Readonly<Record<string, string>> {
  const button = page.form('end-sessions').buttons.find(({ name }) => name === 'id')
  holds('there is a button for each session', button !== undefined)
  return { id: button.value }
}

function reasonIn(problem: string): unknown {
  return (JSON.parse(problem) as { reason?: unknown }).reason
}
