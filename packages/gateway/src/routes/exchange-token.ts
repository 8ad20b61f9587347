import { changeEntry } from '../audit/entries.ts'
import { ProblemError } from '../http/problem.ts'
import { instant, sendDocument, tagFor } from '../http/respond.ts'
import type { Application } from '../policy/applications.ts'
import { standingOf, type VerifiedToken } from '../policy/standing.ts'
import type { GatewayPorts } from '../ports.ts'
import { type OpenSession, openDocument, verifyPresented } from '../presented.ts'
import type { ExchangeOutcome } from '../stores/store.ts'
import type { IssuedToken } from '../tokens/issue.ts'
import { ended } from './commit.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'

/** `POST /v1/session/token` */
export const exchangeToken: Handler<typeof operations.exchangeToken> = async (ports, { application, token, traceId }) => {
  const { session, issued } = await exchangeShown(ports, application, await verifyPresented(ports, token), traceId)
  const answer = { token: issued.token, expiresAt: instant(issued.expiresAtMs), etag: tagFor(application, session.record) }
  return sendDocument(application, session, answer)
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
): Promise<{ readonly session: OpenSession; readonly issued: IssuedToken }> {
  const { sid, gen } = shown.claims
  const { idleMs, tokenMs } = ports.contract.lifetime
  const reuse = changeEntry('exchange', [], { application: application.name, actor: null, reason: 'token_reused', traceId })
  const outcome = await ports.store.exchange(sid, gen, idleMs, reuse)
  const { record } = requireExchanged(ports, outcome, shown)
  const session = await openDocument(ports, record, outcome)
  const issued = await ports.issueToken(record, { origin: ports.origin, tokenMs, key: ports.keys.signing() }, outcome.nowMs)
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
