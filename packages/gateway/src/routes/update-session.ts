import { mayWrite, type WriteStamp } from '@single-state/core/protocol'
import { changeEntry, deniedEntry, nameOf } from '../audit/entries.ts'
import { expectedStamps } from '../http/entity-tag.ts'
import { ProblemError } from '../http/problem.ts'
import type { Application } from '../policy/applications.ts'
import { type Change, changedBody, checkShape, checkValues, deniedPaths, isAcceptable, isReasonGranted, pathsOf } from '../policy/change.ts'
import type { GatewayPorts } from '../ports.ts'
import { type PresentedSession, readForWrite, recallForWrite, type WriteBase } from '../presented.ts'
import { commit, conflict, repeatedAnswer, tryCommit, type Write, type Writing, writeOf } from './commit.ts'
import type { Call, Handler } from './mount.ts'
import type { operations } from './operations.ts'

type UpdateCall = Call<typeof operations.updateSession>

/** `PATCH /v1/session` */
export const updateSession: Handler<typeof operations.updateSession> = async (ports, call) => {
  const { application, body: change, traceId } = call
  const stamps = expectedStamps(call.request)
  const write = writeOf(call, application)
  checkShape(change)
  const answer = await updateUnread(ports, call, stamps, write)
  if (answer) return answer
  const session = await readForWrite(ports, call.token)
  await checkGrants(ports, application, change, session, traceId)
  checkValues(ports.contract, change)
  const repeated = await repeatedAnswer(ports, application, session, write, change.settle)
  if (repeated) return repeated
  const expected = requireExpected(ports, session, stamps)
  const writing = writingOf(ports, call, session, expected, write)
  if (writing instanceof ProblemError) throw writing
  return commit(ports, application, session, writing)
}

/**
 * A change of what this gateway met last is committed without a look into the store before it, which halves its way: the
 * step of the commit judges the session, its text included. Null where nothing was applied: only a look can tell why.
 */
async function updateUnread(
  ports: GatewayPorts,
  call: UpdateCall,
  stamps: readonly WriteStamp[] | null,
  write: Write,
): Promise<Response | null> {
  const { application, body: change } = call
  const met = await recallForWrite(ports, call.token, stamps)
  if (met === null || !isAcceptable(ports.contract, application, change)) return null
  const writing = writingOf(ports, call, met, met.record, write)
  if (writing instanceof ProblemError) return null
  const answer = await tryCommit(ports, application, met, writing)
  return answer instanceof Response ? answer : null
}

function writingOf(
  ports: GatewayPorts,
  { application, body: change, traceId }: UpdateCall,
  { record, parts }: WriteBase,
  { version, draw }: WriteStamp,
  write: Write,
): Writing | ProblemError {
  const body = changedBody(ports.contract, record.id, parts, change)
  if (body instanceof ProblemError) return body
  const act = { application: application.name, actor: nameOf(record), reason: change.reason, traceId }
  const entry = changeEntry('update', pathsOf(change), act)
  return { change: { expected: { version, draw }, basedOn: record.body, body, signal: null, write }, entry, settle: change.settle }
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
