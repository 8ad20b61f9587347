import { endReasonOf, type SubjectOf } from '@single-state/core/protocol'
import { changeEntry, endEntry, nameOf } from '../audit/entries.ts'
import { ProblemError } from '../http/problem.ts'
import { documentFor, instant, json, storeHeaders } from '../http/respond.ts'
import type { Application } from '../policy/applications.ts'
import type { GatewayPorts } from '../ports.ts'
import { lockedDocument, readActing } from '../presented.ts'
import type { Position, SessionRecord } from '../stores/store.ts'
import { sendEnded } from './end-session.ts'
import type { Call, Handler } from './mount.ts'
import type { operations } from './operations.ts'
import { receiptOf } from './receipt.ts'
import type { InspectedSession } from './schemas.ts'
import { summaryOf } from './session-summary.ts'

/** `GET /v1/sessions/{id}` */
export const inspectSession: Handler<typeof operations.inspectSession> = async (ports, call) => {
  await actingSession(ports, call)
  const { records, ...position } = await ports.store.read([sessionIdOf(call)])
  const record = records[0]
  if (!record) throw unknownSession()
  return json(await inspected(ports, call.application, record, position), storeHeaders(position))
}

/** `DELETE /v1/sessions/{id}` */
export const endAnySession: Handler<typeof operations.endAnySession> = async (ports, call) => {
  const outcome = await ports.store.end(sessionIdOf(call), 'revoked', endEntry(await actOf(ports, call)))
  if (outcome.kind === 'absent') throw unknownSession()
  return sendEnded(ports, outcome.nowMs, outcome.kind === 'ended' ? 1 : 0)
}

/** `GET /v1/subjects/{issuer}/{subject}/sessions` */
export const listSubject: Handler<typeof operations.listSubject> = async (ports, call) => {
  const acting = await actingSession(ports, call)
  const { records } = await ports.store.listBySubject(subjectOf(call))
  return json({ sessions: await Promise.all(records.map((record) => summaryOf(ports, record, acting?.id ?? null))) })
}

/** `DELETE /v1/subjects/{issuer}/{subject}/sessions` */
export const endSubject: Handler<typeof operations.endSubject> = async (ports, call) => {
  const entry = changeEntry('end_subject', [], await actOf(ports, call))
  const { except } = call.body
  const { ended, nowMs } = await ports.store.endSubject(subjectOf(call), except === undefined ? 'all' : { except }, entry)
  return sendEnded(ports, nowMs, ended.length)
}

/** `DELETE /v1/sessions` */
export const endAll: Handler<typeof operations.endAll> = async (ports, call) => {
  const { nowMs } = await ports.store.endAll(changeEntry('end_all', [], await actOf(ports, call)))
  await ports.settling.begin()
  return json({ receipt: receiptOf(ports, nowMs) })
}

/** The session of the person who acts through the operator's application; null where no token was shown. */
async function actingSession(ports: GatewayPorts, { token }: Pick<Call, 'token'>): Promise<SessionRecord | null> {
  return token === null ? null : (await readActing(ports, token)).record
}

/** Who acts in an operator's call, and why. */
export async function actOf(
  ports: GatewayPorts,
  call: Pick<Call, 'token' | 'traceId'> & { readonly application: Application; readonly body: { readonly reason: string } },
) {
  const acting = await actingSession(ports, call)
  return {
    application: call.application.name,
    actor: acting === null ? null : nameOf(acting),
    reason: call.body.reason,
    traceId: call.traceId,
  }
}

function sessionIdOf(call: Pick<Call, 'param'>): string {
  const id = call.param('id')
  if (/^[A-Za-z0-9_-]{43}$/.test(id)) return id
  throw unknownSession()
}

function unknownSession(): ProblemError {
  return new ProblemError('not_found', { detail: 'no session has this id: it was never there, or is over and swept' })
}

/** The person whom the path names. */
export function subjectOf(call: Pick<Call, 'param'>): SubjectOf {
  const person = { issuer: call.param('issuer'), subject: call.param('subject') }
  if (person.issuer.length <= 2_048 && person.subject.length <= 255) return person
  throw new ProblemError('request_invalid', { detail: 'expected an issuer of at most 2048 and a subject of at most 255 characters' })
}

async function inspected(
  ports: GatewayPorts,
  application: Application,
  record: SessionRecord,
  position: Position,
): Promise<InspectedSession> {
  const document = await ports.documents.read(record)
  if (document.kind === 'locked') throw lockedDocument(ports, record, document.why)
  const whole = document.kind === 'read' ? { record: { ...record, signals: document.signals }, parts: document.parts, position } : null
  return {
    id: record.id,
    issuer: record.issuer,
    subject: record.subject,
    document: whole && (documentFor(application, whole) as InspectedSession['document']),
    state: {
      version: record.version,
      contract: record.contract,
      ended: endReasonOf(record, position.nowMs),
      endedAt: record.endedAtMs === null ? null : instant(record.endedAtMs),
      createdAt: instant(record.createdAtMs),
      expiresAt: instant(record.expiresAtMs),
      idleAt: instant(record.idleAtMs),
      lastExchangeAt: instant(record.lastExchangeAtMs),
      generation: record.generation,
      confirmed: record.confirmedAtMs !== null,
    },
  }
}
