/** Where a client takes its time from. */
export interface Clock {
  /** Milliseconds that only ever go forward; ages and bounds are measured on it (rule 7). */
  monotonicMs(): number
  /** Milliseconds since 1970; only the life of tokens is judged by it. */
  wallMs(): number
}

/** The clocks of the process. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
}
