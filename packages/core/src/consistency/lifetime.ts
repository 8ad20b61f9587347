/**
 * When a session that was used at `nowMs` ends for lack of use; never after its absolute end.
 *
 * Rule 10: activity is recorded when the token is exchanged, reads do not write.
 */
export function idleEnd(nowMs: number, idleMs: number, expiresAtMs: number): number {
  return Math.min(nowMs + idleMs, expiresAtMs)
}

/** When a token issued at `nowMs` stops being believed; never after the absolute end of its session. */
export function tokenEnd(nowMs: number, tokenMs: number, expiresAtMs: number): number {
  return Math.min(nowMs + tokenMs, expiresAtMs)
}

/** Whether a token is due for exchange: at half of its life, so that a person who is active never shows an expired one. */
export function isDueForExchange(issuedAtMs: number, expiresAtMs: number, nowMs: number): boolean {
  return nowMs >= issuedAtMs + (expiresAtMs - issuedAtMs) / 2
}
