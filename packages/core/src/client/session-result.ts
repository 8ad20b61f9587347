import type { EndReason } from '../consistency/ended.ts'
import type { Duration } from '../contract/duration.ts'
import type { SessionErrorCode } from '../errors.ts'

/**
 * What is known about the session of a request. Narrow on `status`; only `active` carries a session.
 * `unavailable` is not signed out: keep the cookie and answer 503 (rule 8).
 */
export type SessionResult<View> = ActiveSession<View> | SessionFailure

/** A proven-valid session, and how it is known. */
export interface ActiveSession<View> {
  readonly status: 'active'
  readonly session: View
  /** Who vouched for it: the gateway just now, a lease of its, or a snapshot within the bound that the caller and the contract allow. */
  readonly source: 'gateway' | 'lease' | 'snapshot' | 'outage-grace'
  readonly version: number
  /** Milliseconds since the request that confirmed it was sent (rule 7); under a lease, since its heartbeat was. */
  readonly ageMs: number
}

/** Everything but a session; none of it may pass for one. */
export type SessionFailure =
  | { readonly status: 'anonymous' }
  | { readonly status: 'ended'; readonly reason: EndReason }
  | { readonly status: 'unavailable'; readonly code: SessionErrorCode; readonly retryAfterMs: number }
  | { readonly status: 'refused'; readonly code: 'cross_site' | 'credentials_ambiguous' }

/** How fresh a read must be. */
export interface ReadOptions {
  /**
   * `'live'` answers from memory while a lease of the gateway is in force: never older than any write or end acknowledged to
   * anybody; without a lease it is `'strict'`. `'strict'` asks the gateway at every read: linearizable. `{ maxAge }` answers
   * from memory up to that age, within the contract's `stale` of this application. Default `'live'` in a long-running Node.js
   * process; where processes are frozen between requests (serverless, edge) every read that is not `{ maxAge }` is strict.
   */
  readonly freshness?: 'live' | 'strict' | { readonly maxAge: Duration }
  /** A version handed on by another service: an older document is never returned (rule 5). Default: none. */
  readonly atLeast?: number
  /**
   * How old a confirmed snapshot may stand in while the gateway cannot be reached; within the contract's `stale`. Signals
   * are left out and writes are refused. Default: never.
   */
  readonly outageGrace?: Duration
}
