/** Milliseconds since a snapshot was known to be true: counted from when the request that confirmed it was sent (rule 7). */
export function ageMs(confirmedAtMs: number, nowMs: number): number {
  return Math.max(0, nowMs - confirmedAtMs)
}

/**
 * Whether a snapshot may be served without asking the gateway.
 *
 * Rule 7: bounded age. Compared when the read happens, so that no late timer can serve a snapshot too long. A snapshot
 * from the future is of another clock: nothing is known of its age, so it is not served.
 */
export function isWithin(confirmedAtMs: number, boundMs: number, nowMs: number): boolean {
  return boundMs > 0 && confirmedAtMs <= nowMs && nowMs - confirmedAtMs <= boundMs
}

/** The bound that applies: what the caller asked for, under the ceiling that the contract sets for the application. */
export function boundedBy(requestedMs: number, ceilingMs: number): number {
  return Math.min(requestedMs, ceilingMs)
}
