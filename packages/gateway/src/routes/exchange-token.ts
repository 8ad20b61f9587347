import { decideExchange, endReasonOf } from '@single-state/core/protocol'
import { changeEntry } from '../audit/entries.ts'
import { ProblemError } from '../http/problem.ts'
import { instant, sendDocument, tagFor } from '../http/respond.ts'
import type { Application } from '../policy/applications.ts'
import { standingOf, type VerifiedToken } from '../policy/standing.ts'
import type { GatewayPorts } from '../ports.ts'
import { type OpenSession, openDocument, verifyPresented } from '../presented.ts'
import type { ExchangeOutcome, Position, SessionRecord } from '../stores/store.ts'
import type { IssuedToken } from '../tokens/issue.ts'
import { ended } from './commit.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'

/** `POST /v1/session/token` */
export const exchangeToken: Handler<typeof operations.exchangeToken> = async (ports, { application, body, token, traceId }) => {
  const shown = await verifyPresented(ports, token)
  const sameAgain = body.again ? await issueAgain(ports, shown) : null
  const { session, issued } = sameAgain ?? (await exchangeShown(ports, application, shown, traceId))
  const answer = { token: issued.token, expiresAt: instant(issued.expiresAtMs), etag: tagFor(application, session.record) }
  return sendDocument(application, session, answer)
}

/** A session with the token that its browser is to keep. */
interface ExchangedSession {
  readonly session: OpenSession
  readonly issued: IssuedToken
}

/**
 * The newest generation once more, for a request that has shown the one before already; null where that is for the store to
 * decide. Nothing is exchanged, so nothing can end: not even when the 10 s run out meanwhile.
 *
 * @throws ProblemError `token_replaced`; `store_unavailable` where the store knows of no such generation yet.
 */
async function issueAgain(ports: GatewayPorts, { claims: { sid, gen } }: VerifiedToken): Promise<ExchangedSession | null> {
  const { records, ...position } = await ports.store.read([sid])
  const record = records[0] ?? null
  if (record === null || endReasonOf(record, position.nowMs) !== null) return null
  if (gen > record.generation) throw new ProblemError('store_unavailable')
  const decision = decideExchange(record, gen, position.nowMs)
  if (decision === 'reused') throw new ProblemError('token_replaced')
  return decision === 'same' ? issueFor(ports, record, position) : null
}

/**
 * Exchanges a verified token, expired or not, and reads the session in the same step.
 *
 * @throws ProblemError when the session is over, or is now for reuse; `SessionError` of the store.
 */
export async function exchangeShown(
  ports: GatewayPorts,
  application: Application,
  shown: VerifiedToken,
  traceId: string | null,
): Promise<ExchangedSession> {
  const { sid, gen } = shown.claims
  const { idleMs } = ports.contract.lifetime
  const reuse = changeEntry('exchange', [], { application: application.name, actor: null, reason: 'token_reused', traceId })
  const outcome = await ports.store.exchange(sid, gen, idleMs, reuse)
  return issueFor(ports, requireExchanged(ports, outcome, shown).record, outcome)
}

async function issueFor(ports: GatewayPorts, record: SessionRecord, position: Position): Promise<ExchangedSession> {
  const { tokenMs } = ports.contract.lifetime
  const session = await openDocument(ports, record, position)
  const issued = await ports.issueToken(record, { origin: ports.origin, tokenMs, key: ports.keys.signing() }, position.nowMs)
  return { session, issued }
}

function requireExchanged(
  ports: GatewayPorts,
  outcome: ExchangeOutcome,
  shown: VerifiedToken,
): Extract<ExchangeOutcome, { readonly record: unknown }> {
  if ('record' in outcome) return outcome
  if (outcome.kind === 'absent') {
    const standing = standingOf(null, shown, outcome.nowMs)
    throw standing.kind === 'refused' && standing.code === 'token_invalid' ? new ProblemError('token_invalid') : ended('expired')
  }
  if (outcome.kind === 'ended') throw ended(outcome.reason)
  ports.metrics.end('reused', 1)
  throw new ProblemError('token_reused', { reason: 'reused' })
}
