/** What of a session is served in a given state of the store. */
export interface Service {
  readonly reads: boolean
  readonly writes: boolean
  readonly signals: boolean
}

/**
 * The declared order of degradation.
 *
 * Rule 11: signals go first, then writes; the rest is served whole or not at all.
 */
export function serviceAt(store: 'well' | 'slow' | 'read-only' | 'away'): Service {
  switch (store) {
    case 'well':
      return { reads: true, writes: true, signals: true }
    case 'slow':
      return { reads: true, writes: true, signals: false }
    case 'read-only':
      return { reads: true, writes: false, signals: false }
    case 'away':
      return { reads: false, writes: false, signals: false }
  }
}
