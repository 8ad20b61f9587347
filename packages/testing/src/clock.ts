import { type Duration, parseDuration } from '@single-state/core/protocol'

/** A clock that stands still until a test moves it. It is a `Clock` of core, and `wallMs` is the clock of a gateway or a store. */
export interface TestClock {
  /** Milliseconds since 1970. */
  readonly wallMs: () => number
  /** Milliseconds that only go forward, from 0. */
  readonly monotonicMs: () => number
  /**
   * Moves both on, by milliseconds or by a duration such as `'30s'`.
   *
   * @throws TypeError when that is not a whole number of milliseconds from 0.
   */
  readonly advance: (by: Duration | number) => void
}

/** The first millisecond of 2026: whole seconds, so that a token's times are what a test expects. */
const defaultStartMs = Date.UTC(2026, 0, 1)

/** Makes a clock that shows `startMs` (milliseconds since 1970; default the start of 2026). */
export function createTestClock(startMs: number = defaultStartMs): TestClock {
  let elapsedMs = 0
  return {
    wallMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    advance: (by) => {
      elapsedMs += millisecondsOf(by, 'advance')
    },
  }
}

/** Milliseconds, of a number or a duration. */
export function millisecondsOf(by: Duration | number, option: string): number {
  const ms = typeof by === 'string' ? parseDuration(by, option) : by
  if (!Number.isSafeInteger(ms) || ms < 0) throw new TypeError(`${option}: expected milliseconds, a whole number from 0, found ${ms}`)
  return ms
}
