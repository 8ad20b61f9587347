/** Milliseconds that a signal has left; 0 when it has run out. */
export function remainingMs(expiresAtMs: number, nowMs: number): number {
  return Math.max(0, expiresAtMs - nowMs)
}

/**
 * The signals that a reader may see now.
 *
 * Rule 2: a signal that has run out is hidden by its reader, not removed, so that nothing but a commit changes a document.
 */
export function visibleSignals<Signal extends { readonly expiresAtMs: number }>(
  signals: Readonly<Record<string, Signal>>,
  nowMs: number,
): Record<string, Signal> {
  return Object.fromEntries(Object.entries(signals).filter(([, { expiresAtMs }]) => remainingMs(expiresAtMs, nowMs) > 0))
}
