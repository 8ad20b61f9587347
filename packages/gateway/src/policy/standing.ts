import { confirms, decideExchange, type EndReason, endReasonOf, type SessionErrorCode, type TokenClaims } from '@single-state/core/protocol'
import type { SessionRecord } from '../stores/store.ts'

/** A token whose signature holds. */
export interface VerifiedToken {
  readonly claims: TokenClaims
  readonly expired: boolean
}

/**
 * Where a verified token stands with the session it names.
 *
 * `good` may go on; `confirms` says that it is the first to show the newest generation.
 */
export type Standing =
  | { readonly kind: 'good'; readonly confirms: boolean }
  | { readonly kind: 'refused'; readonly code: SessionErrorCode; readonly reason?: EndReason }

/**
 * Judges a token against the record of its session.
 *
 * An adapter never presents a token that it has just been given, so a request that came with an expired one has no other
 * to write with: it is good for as long as an exchange would give its successor again
 * (`docs/decisions/001-write-after-exchange.md`). Whoever is refused later is told whether an exchange would help or end the
 * session (`docs/decisions/010-replaced-is-not-reused.md`). Reads refuse an expired token before its session is looked up.
 */
export function standingOf(record: SessionRecord | null, token: VerifiedToken, nowMs: number): Standing {
  if (record === null) return unknownSession(token)
  const { gen } = token.claims
  // Issued, since its signature holds, and not known here: a primary that was replaced is behind, also in when the session
  // runs out. That is no sign-out.
  if (gen > record.generation && record.ended === null) return { kind: 'refused', code: 'store_unavailable' }
  const over = endReasonOf(record, nowMs)
  if (over !== null) return { kind: 'refused', code: 'session_ended', reason: over }
  const exchange = token.expired ? decideExchange(record, gen, nowMs) : 'same'
  if (exchange !== 'same') return { kind: 'refused', code: exchange === 'next' ? 'token_expired' : 'token_replaced' }
  return { kind: 'good', confirms: confirms(record, gen) }
}

/** Tombstones outlive tokens, so a session that is gone although its token has not expired was never in this store. */
function unknownSession(token: VerifiedToken): Standing {
  return token.expired ? { kind: 'refused', code: 'session_ended', reason: 'expired' } : { kind: 'refused', code: 'token_invalid' }
}
