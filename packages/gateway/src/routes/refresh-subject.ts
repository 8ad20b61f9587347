import { isDeepStrictEqual } from 'node:util'
import { endReasonOf, SessionError, type SessionParts, type SubjectOf } from '@single-state/core/protocol'
import type { z } from 'zod'
import { type Act, changeEntry } from '../audit/entries.ts'
import type { Claims } from '../config.ts'
import { ProblemError } from '../http/problem.ts'
import { json } from '../http/respond.ts'
import { inTime } from '../in-time.ts'
import { changedBody } from '../policy/change.ts'
import { deadlineMs, deriveParts } from '../policy/derive.ts'
import type { GatewayPorts } from '../ports.ts'
import { type OpenSession, openDocument } from '../presented.ts'
import type { Position, SessionRecord } from '../stores/store.ts'
import { newDraw } from '../tokens/random.ts'
import { conflict } from './commit.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'
import { actOf, subjectOf } from './operator-sessions.ts'
import { receiptOf } from './receipt.ts'

/** 5: somebody who loses more often is up against a session that never rests; the call can be repeated. */
export const mostAttempts = 5

/** 16: a person with many sessions must not take every place at the store. */
export const mostAtOnce = 16

/** What became of one session. */
type Refreshed = 'refreshed' | 'unchanged' | 'over'

/**
 * `POST /v1/subjects/{issuer}/{subject}/refresh`: asks what the provider says of the person now, derives the entitlements of
 * every session anew and commits those that differ. Context is the applications' by now and stays. A login that is under way,
 * whose claims may be older, has to begin again. Can be repeated.
 *
 * If one session cannot be refreshed, the others still are; the answer is then the first refusal.
 */
export const refreshSubject: Handler<typeof operations.refreshSubject> = async (ports, call) => {
  const person = subjectOf(call)
  const act = await actOf(ports, call)
  if (ports.claimsOf === null) throw new ProblemError('refresh_unsupported')
  const claims = await claimsOf(ports.claimsOf, person, ports.after)
  // Raises the cutoff alone, so that a login whose claims may be older begins again.
  await ports.store.endSubject(person, 'none', changeEntry('refresh_subject', [], act))
  const { records, ...position } = await ports.store.listBySubject(person)
  const outcomes: PromiseSettledResult<Refreshed>[] = []
  for (let at = 0; at < records.length; at += mostAtOnce) {
    const some = records.slice(at, at + mostAtOnce)
    outcomes.push(...(await Promise.allSettled(some.map((record) => refreshed(ports, { record, position }, claims, act)))))
  }
  // Also where nothing was left to change: who repeats the call may not have waited for the answer to the first.
  const settled = ports.settling.begin()
  const { nowMs } = await ports.store.health()
  await settled
  const refusal = outcomes.find(({ status }) => status === 'rejected')
  if (refusal?.status === 'rejected') throw refusal.reason
  const count = (kind: Refreshed) => outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value === kind).length
  return json({ receipt: receiptOf(ports, nowMs), refreshed: count('refreshed'), unchanged: count('unchanged') })
}

async function claimsOf(
  ask: NonNullable<GatewayPorts['claimsOf']>,
  { issuer, subject }: SubjectOf,
  after: GatewayPorts['after'],
): Promise<Claims> {
  let claims: Claims | null | 'late'
  try {
    claims = await inTime(deadlineMs, ask(issuer, subject), after)
  } catch (cause) {
    throw new SessionError('identity_provider_unavailable', 'claimsOf did not answer', { cause })
  }
  if (claims === 'late') throw new SessionError('identity_provider_unavailable', 'claimsOf took too long')
  if (claims === null) throw new ProblemError('not_found', { detail: 'claimsOf does not know this person' })
  return claims
}

interface Read {
  readonly record: SessionRecord
  readonly position: Position
}

/** Rule 4: on the condition that the session is as it was read; who loses reads again and derives again. */
async function refreshed(ports: GatewayPorts, read: Read, claims: Claims, act: Act): Promise<Refreshed> {
  let { record, position } = read
  for (let attempt = 1; ; attempt += 1) {
    const session = await opened(ports, record, position)
    if (session === null) return 'over'
    const entitlements = await derivedFor(ports, session, claims)
    if (isDeepStrictEqual(entitlements, knownEntitlements(ports, session.parts))) return 'unchanged'
    const { id, version, draw } = record
    const body = changedBody(ports.contract, id, session.parts, { reason: act.reason, set: { entitlements }, unset: [] })
    if (body instanceof ProblemError) throw body
    const change = { id, expected: { version, draw }, draw: newDraw(), contract: ports.contract.revision, shown: null, body }
    const outcome = await ports.store.commit({ ...change, signal: null, write: null }, changeEntry('update', ['entitlements'], act))
    if (outcome.kind === 'committed') {
      ports.metrics.commit('update')
      return 'refreshed'
    }
    if (outcome.kind !== 'conflict') return 'over'
    if (attempt === mostAttempts) throw conflict(ports, outcome.version)
    const { records, ...now } = await ports.store.read([id])
    if (!records[0]) return 'over'
    record = records[0]
    position = now
  }
}

/** A document that is not valid ends its session (rule 8): there is nothing left to refresh. */
async function opened(ports: GatewayPorts, record: SessionRecord, position: Position): Promise<OpenSession | null> {
  if (endReasonOf(record, position.nowMs) !== null) return null
  try {
    return await openDocument(ports, record, position)
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'session_invalid') return null
    throw error
  }
}

/** The facts of the authentication are those of this session: what a stronger sign-in brings, another does not. */
async function derivedFor(ports: GatewayPorts, { record, parts }: OpenSession, claims: Claims): Promise<SessionParts['entitlements']> {
  const { issuer, subject, authenticatedAt, acr, amr } = parts.identity
  const person = { issuer, subject, acr, amr, authenticatedAtMs: Date.parse(authenticatedAt), idpSession: record.idpSession, claims }
  const derived = await deriveParts(ports.contract, ports.derive, person, ports.after)
  if (derived.ok) return derived.parts.entitlements
  ports.log.error({ why: derived.why }, 'derive did not make a document of the contract')
  throw new ProblemError('document_invalid', { detail: 'derive did not make entitlements of the contract' })
}

/** Without what only a newer revision of the contract knows, which stays as it is. */
function knownEntitlements({ contract }: GatewayPorts, { entitlements }: SessionParts): SessionParts['entitlements'] {
  const known = Object.keys((contract.entitlements as z.ZodObject).shape)
  return Object.fromEntries(Object.entries(entitlements).filter(([key]) => known.includes(key)))
}
