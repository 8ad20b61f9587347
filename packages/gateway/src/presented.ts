import {
  type AtOnce,
  andThen,
  confirms,
  isSessionError,
  mayWrite,
  type SessionParts,
  type TokenVerdict,
  type WriteStamp,
} from '@single-state/core/protocol'
import { endEntry, gatewayName } from './audit/entries.ts'
import { ProblemError } from './http/problem.ts'
import { inTime } from './in-time.ts'
import { type Standing, standingOf, type VerifiedToken } from './policy/standing.ts'
import type { GatewayPorts } from './ports.ts'
import type { Position, SessionRecord, SessionStore } from './stores/store.ts'

/** A living session and where the store stood when it was read. */
export interface OpenSession {
  readonly record: SessionRecord
  readonly parts: SessionParts
  readonly position: Position
}

/** A session whose token was shown with the call. */
export interface PresentedSession extends OpenSession {
  readonly token: VerifiedToken
}

/** What a write is made from. */
export type WriteBase = Omit<PresentedSession, 'position'>

/**
 * 100 ms: a confirmation takes a few, and whoever waits for the read gives up after 500. While writes hang it is all that the
 * first read of each token is held up by, and the reads that came in one request with it.
 */
export const confirmPatienceMs = 100

/**
 * Verifies a token that was shown, whether or not it has expired. The store is asked only for a key that is not at hand.
 *
 * @throws ProblemError `token_missing`, `token_invalid`; `store_unavailable` while it is not known whether its key is one
 * that another gateway has just made.
 */
export function verifyPresented(ports: GatewayPorts, token: string | null): AtOnce<VerifiedToken> {
  if (token === null || token === '') throw new ProblemError('token_missing')
  const gateway = { origin: ports.origin, keyOf: ports.keys.keyOf }
  return andThen(ports.verifyToken(token, gateway, ports.now()), (verdict): AtOnce<VerifiedToken> => {
    return verdict.status === 'unknown' ? verifyByNewKey(verdict.kid) : requireValid(verdict)
  })

  async function verifyByNewKey(kid: string): Promise<VerifiedToken> {
    if ((await ports.keys.look(kid)) === 'unsure') throw new ProblemError('store_unavailable')
    return requireValid(await ports.verifyToken(token as string, gateway, ports.now()))
  }
}

function requireValid(verdict: TokenVerdict): VerifiedToken {
  if (verdict.status !== 'valid') throw new ProblemError('token_invalid')
  return verdict
}

/** As `verifyPresented`, for a call that an expired token has no part in. */
export function verifyUnexpired(ports: GatewayPorts, token: string | null): AtOnce<VerifiedToken> {
  return andThen(verifyPresented(ports, token), (verified) => {
    if (verified.expired) throw new ProblemError('token_expired')
    return verified
  })
}

/**
 * Reads the session of a token for a read. The first that shows the newest generation confirms it, and is answered from
 * that same step (rule 10) where the store can take it.
 *
 * @throws ProblemError when token or session do not stand; `SessionError` of the store.
 */
export async function readPresented(ports: GatewayPorts, token: string | null): Promise<PresentedSession> {
  const verified = await verifyUnexpired(ports, token)
  const { record, position } = await readRecord(ports, verified)
  return admit(ports, verified, record, position)
}

async function readRecord(ports: GatewayPorts, { claims }: VerifiedToken) {
  const met = ports.documents.lastMet(claims.sid)?.record ?? null
  const { records, ...position } = await ports.store.read([claims.sid], [met])
  return { record: records[0] ?? null, position }
}

/** Judges a record that was read for a verified token, confirms the token's generation where it is news, opens the document. */
export function admit(ports: GatewayPorts, token: VerifiedToken, read: SessionRecord | null, position: Position): AtOnce<PresentedSession> {
  const standing = requireGood(standingOf(read, token, position.nowMs))
  if (standing.confirms) return confirmAndAdmit(ports, token, { record: read, ...position })
  return andThen(openDocument(ports, read as SessionRecord, position), (session) => ({ ...session, token }))
}

/** A record and where the store stood in the step that read it. */
type Seen = Awaited<ReturnType<SessionStore['confirm']>>

async function confirmAndAdmit(ports: GatewayPorts, token: VerifiedToken, read: Seen): Promise<PresentedSession> {
  const { record, ...position } = (await confirmInTime(ports, token)) ?? read
  requireGood(standingOf(record, token, position.nowMs))
  return { ...(await openDocument(ports, record as SessionRecord, position)), token }
}

/**
 * Confirms the generation of a token; null where the store cannot, or not in time: reads go on while writes do not (rule
 * 11). What was read in this same request is no older than its question, so that a read of it is as good as one without news.
 *
 * The price: until a later read or a write confirms it, which a late answer of the store may still do, the token before is
 * exchanged for this one again. A copy of that is noticed later, at the latest once this session is exchanged next.
 */
async function confirmInTime(ports: GatewayPorts, { claims }: VerifiedToken): Promise<Seen | null> {
  const confirming = ports.store.confirm(claims.sid, claims.gen).catch((error: unknown) => {
    if (isSessionError(error)) return null
    throw error
  })
  const confirmed = await inTime(confirmPatienceMs, confirming, ports.after)
  return confirmed === 'late' ? null : confirmed
}

/**
 * Reads the session of a token for a write. Nothing is confirmed here: the commit does that, in its own step.
 *
 * @throws ProblemError when token or session do not stand; `SessionError` of the store.
 */
export async function readForWrite(ports: GatewayPorts, token: string | null): Promise<PresentedSession> {
  const verified = await verifyPresented(ports, token)
  const { record, position } = await readRecord(ports, verified)
  requireGood(standingOf(record, verified, position.nowMs))
  return { ...(await openDocument(ports, record as SessionRecord, position)), token: verified }
}

/**
 * The session of a token as this gateway met it last, where that is the version that a write is based on: whether it
 * still is, the step of the commit judges in any case. Null where the store has to be asked first.
 *
 * @throws ProblemError as `verifyPresented`
 */
export async function recallForWrite(
  ports: GatewayPorts,
  token: string | null,
  stamps: readonly WriteStamp[] | null,
): Promise<WriteBase | null> {
  const verified = await verifyPresented(ports, token)
  const met = ports.documents.lastMet(verified.claims.sid)
  // Where a token stands that has expired, or is newer than what was met, is no question of the version.
  if (met === null || verified.expired || verified.claims.gen > met.record.generation) return null
  return stamps?.some((stamp) => mayWrite(met.record, stamp)) ? { ...met, token: verified } : null
}

/**
 * As `readForWrite`, for what a person does beside a write: it confirms the token's generation as a read does.
 *
 * @throws ProblemError when token or session do not stand; `SessionError` of the store.
 */
export async function readActing(ports: GatewayPorts, token: string | null): Promise<PresentedSession> {
  const session = await readForWrite(ports, token)
  if (confirms(session.record, session.token.claims.gen)) await confirmInTime(ports, session.token)
  return session
}

function requireGood(standing: Standing): Extract<Standing, { kind: 'good' }> {
  if (standing.kind === 'good') return standing
  throw new ProblemError(standing.code, standing.reason === undefined ? {} : { reason: standing.reason })
}

/**
 * Opens the document of a living session. One that is not valid ends its session for good (rule 8); the tombstone is why
 * the audit says so only once.
 *
 * @throws ProblemError `session_invalid`; `contract_mismatch` for a document of a newer contract, which another gateway can
 * read; `store_unavailable` for one that this gateway lacks the key of: our mistake must never look like a sign-out.
 */
export function openDocument(ports: GatewayPorts, record: SessionRecord, position: Position): AtOnce<OpenSession> {
  return andThen(ports.documents.read(record), (document): AtOnce<OpenSession> => {
    if (document.kind === 'read') return { record: withSignals(record, document.signals), parts: document.parts, position }
    if (document.kind === 'locked') throw lockedDocument(ports, record, document.why)
    return refuseInvalid(ports, record, document.why)
  })
}

async function refuseInvalid(ports: GatewayPorts, record: SessionRecord, why: string): Promise<never> {
  ports.log.error({ session: record.idHash, why }, 'a stored document is not valid')
  if (record.contract > ports.contract.revision) {
    throw new ProblemError('contract_mismatch', { detail: `the document is of revision ${record.contract} of the contract` })
  }
  await ports.store.end(
    record.id,
    'invalid',
    endEntry({ application: gatewayName, actor: null, reason: 'document_invalid', traceId: null }),
  )
  throw new ProblemError('session_invalid', { reason: 'invalid' })
}

/** The record itself where its signals were not sealed: most reads are of an unchanged session, and copy nothing. */
function withSignals(record: SessionRecord, signals: SessionRecord['signals']): SessionRecord {
  return record.signals === signals ? record : { ...record, signals }
}

/** The refusal to judge a document that this gateway cannot open. The log names the key; the answer does not. */
export function lockedDocument({ log }: GatewayPorts, { idHash }: SessionRecord, why: string): ProblemError {
  log.error({ session: idHash, why }, 'a stored document cannot be opened')
  return new ProblemError('store_unavailable')
}
