import { changeEntry, nameOf } from '../audit/entries.ts'
import { ProblemError } from '../http/problem.ts'
import { json } from '../http/respond.ts'
import type { Application } from '../policy/applications.ts'
import { readActing } from '../presented.ts'
import { sendEnded } from './end-session.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'
import { summaryOf } from './session-summary.ts'

/** `GET /v1/session/others` */
export const listOthers: Handler<typeof operations.listOthers> = async (ports, { application, token }) => {
  const session = await readActing(ports, token)
  requireOwn(application)
  const { records } = await ports.store.listBySubject(session.record)
  const others = records.filter(({ id }) => id !== session.record.id)
  return json({ sessions: await Promise.all(others.map((record) => summaryOf(ports, record, session.record.id))) })
}

/** `DELETE /v1/session/others`: a login of this person that is under way ends with them. */
export const endOthers: Handler<typeof operations.endOthers> = async (ports, { application, body, token, traceId }) => {
  const { record } = await readActing(ports, token)
  requireOwn(application)
  const entry = changeEntry('end_subject', [], { application: application.name, actor: nameOf(record), reason: body.reason, traceId })
  const { ended, nowMs } = await ports.store.endSubject(record, { except: record.id }, entry)
  return sendEnded(ports, nowMs, ended.length)
}

/** An operator reaches these as well: they are less than what it has. */
function requireOwn({ operates }: Application): void {
  if (operates === null) throw new ProblemError('application_denied')
}
