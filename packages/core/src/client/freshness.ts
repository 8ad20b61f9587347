import { parseDuration } from '../contract/duration.ts'
import type { ReadOptions } from './session-result.ts'

/** How fresh one read must be, with durations in milliseconds. */
export interface Freshness {
  /** Whether a lease in force is enough. */
  readonly live: boolean
  /** 0 for a strict read, and for a live one. */
  readonly maxAgeMs: number
  readonly outageGraceMs: number
  readonly atLeast: number | undefined
}

/**
 * Reads the options of a read.
 *
 * @throws TypeError when a duration is none.
 */
export function freshnessOf({ freshness, outageGrace, atLeast }: ReadOptions): Freshness {
  const maxAge = typeof freshness === 'object' ? freshness.maxAge : undefined
  return {
    live: freshness === 'live',
    maxAgeMs: maxAge === undefined ? 0 : parseDuration(maxAge, 'maxAge'),
    outageGraceMs: outageGrace === undefined ? 0 : parseDuration(outageGrace, 'outageGrace'),
    atLeast,
  }
}

/** Whether a read that was made for `made` was allowed nothing that `asked` does not allow; floors are compared with versions. */
export function isNoLooser(made: Freshness, asked: Freshness): boolean {
  return (asked.live || !made.live) && made.maxAgeMs <= asked.maxAgeMs && made.outageGraceMs <= asked.outageGraceMs
}
