/** Where a session stands in its line of tokens. */
export interface Lineage {
  /** Generation of the newest token. */
  readonly generation: number
  /** When a read or write first showed the newest generation, by the store's clock; null until then. */
  readonly confirmedAtMs: number | null
}

/** 10 s: requests that were under way with the old token when the new one was first shown still get their answer. */
export const exchangeGraceMs = 10_000

/** What an exchange does. `'next'` makes a generation, `'same'` issues the newest one again, `'reused'` ends the session. */
export type ExchangeDecision = 'next' | 'same' | 'reused'

/**
 * Decides an exchange of a token of generation `shown`.
 *
 * The generation before the newest is served again while nobody has shown the newest (the answer may have been lost) and
 * for 10 s after. Anything else means that a copy of an older token is about: the session ends (rule 9).
 */
export function decideExchange(lineage: Lineage, shown: number, nowMs: number): ExchangeDecision {
  if (shown === lineage.generation) return 'next'
  if (shown !== lineage.generation - 1) return 'reused'
  return lineage.confirmedAtMs === null || nowMs < lineage.confirmedAtMs + exchangeGraceMs ? 'same' : 'reused'
}

/** Whether showing this generation is news: the first read or write that shows the newest one confirms it (rule 10). */
export function confirms(lineage: Lineage, shown: number): boolean {
  return shown === lineage.generation && lineage.confirmedAtMs === null
}
