/** Why a session is over. */
export type EndReason = 'expired' | 'revoked' | 'invalid' | 'reused'

/** What decides whether a session is alive. */
export interface Lifespan {
  /** Set when the session was ended by somebody: the tombstone. */
  readonly ended: EndReason | null
  /** Absolute end, by the store's clock. */
  readonly expiresAtMs: number
  /** End for lack of use, by the store's clock; moves with each exchange. */
  readonly idleAtMs: number
}

/**
 * Why a session is over, or null while it is alive.
 *
 * Rules 9 and 10: ended is final, and time is judged by the store's clock. An explicit end comes before expiry, so that
 * the reason a person is told does not change with time.
 */
export function endReasonOf(lifespan: Lifespan, nowMs: number): EndReason | null {
  if (lifespan.ended !== null) return lifespan.ended
  return nowMs >= lifespan.expiresAtMs || nowMs >= lifespan.idleAtMs ? 'expired' : null
}

/**
 * Whether a login that began when `endingsAtStart` subject endings had happened may still create a session.
 *
 * Rule 9: a subject's cutoff ends all of its sessions at once, a login already under way included.
 */
export function outlivesCutoff(endingsAtStart: number, subjectCutoff: number): boolean {
  return endingsAtStart >= subjectCutoff
}
