import { between, type Random } from '../../faults/load/random.ts'
import type { Process } from './process.ts'
import type { Scheduler } from './scheduler.ts'

/** How a way between two processes is at the moment; on one that is `late` answers are, and requests are not. */
export type WayState = 'good' | 'slow' | 'late' | 'cut'

/** Carries messages between processes: late, in any order, twice or not at all. */
export interface Network {
  /** Sends a message; `call` runs in `to` for each time that it arrives. */
  send(way: string, to: Process, call: () => void): void
  /** As `send`, and never twice: for what a connection keeps together. */
  sendOnce(way: string, to: Process, call: () => void): void
  /** Changes a way for a while. */
  disturb(way: string, state: Exclude<WayState, 'good'>, ms: number): void
  /** Whether messages are late and lost; as long as not, every one arrives, and soon. */
  trouble(isTroubled: boolean): void
}

interface NetworkOptions {
  readonly scheduler: Scheduler
  readonly random: Random
  /** Share of messages that are lost anywhere. */
  readonly loss: number
  /** Share of messages that arrive twice. */
  readonly duplicates: number
}

export function createNetwork({ scheduler, random, loss, duplicates }: NetworkOptions): Network {
  const disturbed = new Map<string, { readonly state: WayState; readonly untilMs: number }>()
  let calm = true

  function stateOf(way: string): WayState {
    const found = disturbed.get(way)
    return !calm && found && found.untilMs > scheduler.nowMs() ? found.state : 'good'
  }

  function delayMs(state: WayState): number {
    if (calm) return between(random, 0.15, 2)
    if (state === 'slow') return between(random, 1, 450)
    if (state === 'late') return between(random, 150, 420)
    const draw = random()
    if (draw < 0.87) return between(random, 0.15, 2)
    if (draw < 0.98) return between(random, 2, 40)
    return draw < 0.995 ? between(random, 40, 400) : between(random, 400, 1_500)
  }

  function carry(way: string, to: Process, call: () => void, state = stateOf(way)): void {
    if (state === 'cut' || (!calm && random() < loss)) return
    to.deliver(scheduler.nowMs() + delayMs(state), call)
  }

  return {
    send(way, to, call) {
      const state = stateOf(way) === 'late' ? 'good' : stateOf(way)
      carry(way, to, call, state)
      if (!calm && random() < duplicates) carry(way, to, call, state)
    },
    sendOnce: (way, to, call) => carry(way, to, call),
    disturb(way, state, ms) {
      disturbed.set(way, { state, untilMs: scheduler.nowMs() + ms })
    },
    trouble(isTroubled) {
      calm = !isTroubled
    },
  }
}
