/** Whole milliseconds that a signal has left, rounded down; 0 when it has run out. */
export function remainingMs(expiresAtMs: number, nowMs: number): number {
  return Math.max(0, Math.floor(expiresAtMs - nowMs))
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
  const entries = Object.entries(signals)
  if (entries.length === 0) return {}
  return Object.fromEntries(entries.filter(([, { expiresAtMs }]) => remainingMs(expiresAtMs, nowMs) > 0))
}

/**
 * The signals to show with a snapshot of this source.
 *
 * Rule 11: signals go first. With a snapshot that stands in for an unreachable gateway there are none: a reader finds no
 * signal rather than an old one. The rest of the snapshot is shown whole.
 */
export function shownSignals<Signal extends { readonly expiresAtMs: number }>(
  source: 'gateway' | 'lease' | 'snapshot' | 'outage-grace',
  signals: Readonly<Record<string, Signal>>,
  nowMs: number,
): Record<string, Signal> {
  return source === 'outage-grace' ? {} : visibleSignals(signals, nowMs)
}
