import { mayWrite, type WriteStamp } from '@single-state/core/protocol'
import { changeEntry, deniedEntry, nameOf } from '../audit/entries.ts'
import { expectedStamps } from '../http/entity-tag.ts'
import { ProblemError } from '../http/problem.ts'
import type { Application } from '../policy/applications.ts'
import { type Change, changedBody, checkShape, checkValues, deniedPaths, isReasonGranted, pathsOf } from '../policy/change.ts'
import type { GatewayPorts } from '../ports.ts'
import { type PresentedSession, readForWrite } from '../presented.ts'
import { commit, conflict, repeatedAnswer, writeOf } from './commit.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'

/** `PATCH /v1/session` */
export const updateSession: Handler<typeof operations.updateSession> = async (ports, call) => {
  const { application, body: change, traceId } = call
  const stamps = expectedStamps(call.request)
  const write = writeOf(call, application)
  checkShape(change)
  const session = await readForWrite(ports, call.token)
  await checkGrants(ports, application, change, session, traceId)
  checkValues(ports.contract, change)
  const repeated = await repeatedAnswer(ports, application, session, write, change.settle)
  if (repeated) return repeated
  const expected = requireExpected(ports, session, stamps)
  const body = changedBody(ports.contract, session.record.id, session.parts, change)
  const act = { application: application.name, actor: nameOf(session.record), reason: change.reason, traceId }
  const entry = changeEntry('update', pathsOf(change), act)
  return commit(ports, application, session, { expected, body, signal: null, write }, entry, change.settle)
}

/** A write beyond the grants is refused and audited; one without a granted reason is only refused. */
async function checkGrants(
  ports: GatewayPorts,
  application: Application,
  change: Change,
  { record }: PresentedSession,
  traceId: string | null,
): Promise<void> {
  const denied = deniedPaths(application, change)
  if (denied.length > 0) {
    const act = { application: application.name, actor: nameOf(record), reason: change.reason, traceId }
    await ports.store.appendAudit(deniedEntry('update', denied, act, record))
    throw new ProblemError('write_denied')
  }
  if (!isReasonGranted(application, change)) throw new ProblemError('reason_required')
}

/** Of the stamps that the caller names, the one that the session is at. The store compares again in the step of the commit. */
function requireExpected(ports: GatewayPorts, { record }: PresentedSession, stamps: readonly WriteStamp[] | null): WriteStamp {
  if (stamps === null) throw new ProblemError('version_required')
  const expected = stamps.find((stamp) => mayWrite(record, stamp))
  if (!expected) throw conflict(ports, record.version)
  return expected
}
