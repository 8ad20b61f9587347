import type { Snapshot } from '../cache/snapshot-cache.ts'
import type { EndReason } from '../consistency/ended.ts'
import { SessionError, type SessionErrorCode, SessionMissingError, SessionUnavailableError } from '../errors.ts'
import type { CallOutcome } from './gateway-call.ts'

/** A snapshot that may be shown, and who vouches for it. */
export interface ReadSuccess<View> {
  readonly status: 'active'
  readonly snapshot: Snapshot<View>
  readonly source: 'gateway' | 'lease' | 'snapshot' | 'outage-grace'
  /** When the request was sent that confirmed it last, a heartbeat included, on this process's monotonic clock (rule 7). */
  readonly confirmedAtMs: number
}

/** A snapshot that may be shown; under a lease everything that is held was confirmed when its heartbeat was queued. */
export function foundIn<View>(snapshot: Snapshot<View>, source: ReadSuccess<View>['source'], heldSinceMs = 0): ReadSuccess<View> {
  return { status: 'active', snapshot, source, confirmedAtMs: Math.max(snapshot.confirmedAtMs, heldSinceMs) }
}

/** The truth about the session could not be had. */
export interface Unavailable {
  readonly status: 'unavailable'
  readonly code: SessionErrorCode
  readonly retryAfterMs: number
  /** What was seen, where nobody has answered, or not our gateway; null when the gateway itself has said no. */
  readonly silence: { readonly cause: unknown } | null
}

/** What a failed read means to the application. */
export type ReadFailure =
  | { readonly status: 'anonymous' }
  | { readonly status: 'ended'; readonly reason: EndReason }
  | Unavailable
  /** The one problem that has a cure: exchange the token, then read again. */
  | { readonly status: 'expired' }

export type ReadOutcome<View> = ReadSuccess<View> | ReadFailure

/** A call that did not bring what was asked for. */
export type CallFailure = Exclude<CallOutcome<unknown>, { kind: 'ok' }>

/** 1 s: an outage is over within a second of the store's return. */
export const retryAfterMs = 1_000

/**
 * The table "the gateway answers / the application sees".
 *
 * Rule 8: only the gateway's own words about this session deny it. Everything else, our own mistakes included, is
 * *unavailable*: it must never look like a sign-out.
 */
export function readFailureOf(failure: CallFailure): ReadFailure {
  if (failure.kind !== 'problem') return unavailableFor(failure)
  switch (failure.code) {
    case 'token_missing':
    case 'token_invalid':
      return { status: 'anonymous' }
    case 'session_ended':
      return { status: 'ended', reason: failure.reason ?? 'revoked' }
    case 'token_reused':
      return { status: 'ended', reason: 'reused' }
    case 'session_invalid':
      return { status: 'ended', reason: 'invalid' }
    case 'token_expired':
      return { status: 'expired' }
    default:
      return unavailableFor(failure)
  }
}

/** A failure of a call that is about no session, or about many: nobody is denied by it. */
export function unavailableFor(failure: CallFailure): Unavailable {
  if (failure.kind === 'problem') return unavailable(failure.code)
  const cause = failure.kind === 'silence' ? failure.cause : new Error('an answer "not modified" to what was never held')
  return { ...unavailable('store_unavailable'), silence: { cause } }
}

/** An answer that nobody is denied by. */
export function unavailable(code: SessionErrorCode): Unavailable {
  return { status: 'unavailable', code, retryAfterMs, silence: null }
}

const endedCodes = {
  reused: 'token_reused',
  invalid: 'session_invalid',
  expired: 'session_ended',
  revoked: 'session_ended',
} as const satisfies Record<EndReason, SessionErrorCode>

/** A failed read as the error of an operation that needed it. */
export function errorOf(failure: ReadFailure | { readonly status: 'refused'; readonly code: SessionErrorCode }): SessionError {
  switch (failure.status) {
    case 'anonymous':
      return new SessionMissingError('token_missing')
    case 'ended':
      return new SessionMissingError(endedCodes[failure.reason], failure.reason)
    case 'expired':
      return new SessionMissingError('token_expired')
    case 'refused':
      return new SessionError(failure.code)
    case 'unavailable':
      return new SessionUnavailableError(failure.code, failure.retryAfterMs, failure.silence ?? {})
  }
}
