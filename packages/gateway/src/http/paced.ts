import type { Timers } from '../timers.ts'

/** How fast a crowd is dealt with. */
export interface Pace {
  /** Calls in one turn. */
  readonly many: number
  /** Milliseconds from one turn to the next. */
  readonly everyMs: number
}

/**
 * Takes calls and makes them in their order, a few a turn, and leaves the turns between to everybody else.
 * One that comes while none wait is made at once.
 */
export function paced({ many, everyMs }: Pace, after: Timers['after']): (call: () => void) => void {
  const waiting: (() => void)[] = []
  let left = many
  let isResting = false

  function turn(): void {
    isResting = false
    left = many
    for (const call of waiting.splice(0, many)) make(call)
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
