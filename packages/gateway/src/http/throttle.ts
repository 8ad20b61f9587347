import type { Timers } from '../timers.ts'

/** How fast calls are made. */
export interface Throttle {
  readonly callsPerTurn: number
  /** Milliseconds from one turn to the next. */
  readonly everyMs: number
}

/**
 * Takes calls and makes them in their order, a few a turn, and leaves the turns between to everybody else.
 * One that comes while none wait is made at once.
 */
export function createThrottle({ callsPerTurn, everyMs }: Throttle, after: Timers['after']): (call: () => void) => void {
  const waiting: (() => void)[] = []
  let left = callsPerTurn
  let isResting = false

  function turn(): void {
    isResting = false
    left = callsPerTurn
    for (const call of waiting.splice(0, callsPerTurn)) make(call)
  }

  function make(call: () => void): void {
    left -= 1
    if (!isResting) {
      isResting = true
      after(everyMs, turn)
    }
    call()
  }

  return (call) => {
    if (left > 0) make(call)
    else waiting.push(call)
  }
}
