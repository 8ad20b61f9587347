import { endReasonOf, type SubjectOf } from '@single-state/core/protocol'
import { changeEntry, endEntry, nameOf } from '../audit/entries.ts'
import { ProblemError } from '../http/problem.ts'
import { documentFor, instant, json, storeHeaders } from '../http/respond.ts'
import type { Application } from '../policy/applications.ts'
import type { GatewayPorts } from '../ports.ts'
import { readActing } from '../presented.ts'
import type { Position, SessionRecord } from '../stores/store.ts'
import { sendEnded } from './end-session.ts'
import type { Call, Handler } from './mount.ts'
import type { operations } from './operations.ts'
import type { InspectedSession } from './schemas.ts'
import { summaryOf } from './session-summary.ts'

/** `GET /v1/sessions/{id}` */
export const inspectSession: Handler<typeof operations.inspectSession> = async (ports, call) => {
  await actingSession(ports, call)
  const { records, ...position } = await ports.store.read([sessionIdOf(call)])
  const record = records[0]
  if (!record) throw new ProblemError('not_found')
  return json(inspected(ports, call.application, record, position), storeHeaders(position))
}

/** `DELETE /v1/sessions/{id}` */
export const endAnySession: Handler<typeof operations.endAnySession> = async (ports, call) => {
  const outcome = await ports.store.end(sessionIdOf(call), 'revoked', endEntry(await actOf(ports, call)))
  if (outcome.kind === 'absent') throw new ProblemError('not_found')
  return sendEnded(ports, outcome.nowMs, outcome.kind === 'ended' ? 1 : 0)
}

/** `GET /v1/subjects/{issuer}/{subject}/sessions` */
export const listSubject: Handler<typeof operations.listSubject> = async (ports, call) => {
  const acting = await actingSession(ports, call)
  const { records } = await ports.store.listBySubject(subjectOf(call))
  return json({ sessions: records.map((record) => summaryOf(ports, record, acting?.id ?? null)) })
}

/** `DELETE /v1/subjects/{issuer}/{subject}/sessions` */
export const endSubject: Handler<typeof operations.endSubject> = async (ports, call) => {
  const entry = changeEntry('end_subject', [], await actOf(ports, call))
  const { ended, nowMs } = await ports.store.endSubject(subjectOf(call), null, entry)
  return sendEnded(ports, nowMs, ended.length)
}

/** The session of the person who acts through the operator's application; null where no token was shown. */
async function actingSession(ports: GatewayPorts, { token }: Pick<Call, 'token'>): Promise<SessionRecord | null> {
  return token === null ? null : (await readActing(ports, token)).record
}

async function actOf(ports: GatewayPorts, call: Call<typeof operations.endAnySession | typeof operations.endSubject>) {
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
  throw new ProblemError('not_found')
}

function subjectOf(call: Pick<Call, 'param'>): SubjectOf {
  const person = { issuer: call.param('issuer'), subject: call.param('subject') }
  if (person.issuer.length <= 2_048 && person.subject.length <= 255) return person
  throw new ProblemError('request_invalid', { detail: 'expected an issuer of at most 2048 and a subject of at most 255 characters' })
}

function inspected(ports: GatewayPorts, application: Application, record: SessionRecord, position: Position): InspectedSession {
  const document = ports.documents.read(record.id, record.body)
  return {
    id: record.id,
    issuer: record.issuer,
    subject: record.subject,
    document: document.ok ? (documentFor(application, { record, parts: document.parts, position }) as InspectedSession['document']) : null,
    state: {
      version: record.version,
      ended: endReasonOf(record, position.nowMs),
      createdAt: instant(record.createdAtMs),
      expiresAt: instant(record.expiresAtMs),
      idleAt: instant(record.idleAtMs),
      lastExchangeAt: instant(record.lastExchangeAtMs),
      generation: record.generation,
      confirmed: record.confirmedAtMs !== null,
    },
  }
}
