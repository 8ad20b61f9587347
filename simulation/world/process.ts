import type { Random } from '../../faults/load/random.ts'
import { between } from '../../faults/load/random.ts'
import type { Scheduler } from './scheduler.ts'

/** One process of the world, with clocks of its own. */
export interface Process {
  readonly name: string
  readonly clock: { readonly monotonicMs: () => number; readonly wallMs: () => number }
  readonly timers: {
    readonly after: (ms: number, call: () => void) => () => void
    readonly inBackground: (ms: number, call: () => void) => () => void
    readonly every: (ms: number, call: () => void) => () => void
    readonly soon: (call: () => void) => void
  }
  /** Calls in this process at a true time: later while it is stopped, never once it has crashed. */
  deliver(atMs: number, call: () => void): void
  /** Stops it for so long. Its clocks go on; with `isSuspended` the monotonic one stands still meanwhile. */
  stop(ms: number, isSuspended?: boolean): void
  /** Ends it: nothing that it has under way goes on. */
  crash(): void
  isAlive(): boolean
  isStopped(): boolean
}

/** The wall clocks of the world are about here. */
const worldBeginsMs = Date.UTC(2026, 10, 21)

interface ProcessOptions {
  readonly name: string
  readonly scheduler: Scheduler
  readonly random: Random
  /** How far the rate of its clocks is off at most. */
  readonly rateError: number
}

/** Starts a process whose clocks run at a rate, and are off by something, that it keeps. */
export function createProcess({ name, scheduler, random, rateError }: ProcessOptions): Process {
  // The extremes are the interesting ones.
  const rate = 1 + (random() < 0.5 ? (random() < 0.5 ? -1 : 1) : between(random, -1, 1)) * rateError
  const offsetMs = between(random, 0, 1e6)
  const wallOffsetMs = between(random, -200, 200)
  let state: 'runs' | 'stopped' | 'crashed' = 'runs'
  let backlog: (() => void)[] = []
  let frozenMs = 0
  let frozenSinceMs: number | null = null

  const monotonicMs = () => offsetMs + ((frozenSinceMs ?? scheduler.nowMs()) - frozenMs) * rate
  const wallMs = () => Math.floor(worldBeginsMs + wallOffsetMs + scheduler.nowMs() * rate)

  function enter(call: () => void): void {
    if (state === 'runs') call()
    else if (state === 'stopped') backlog.push(call)
  }

  function deliver(atMs: number, call: () => void): void {
    scheduler.at(atMs, () => enter(call))
  }

  function resume(): void {
    if (state !== 'stopped') return
    state = 'runs'
    if (frozenSinceMs !== null) frozenMs += scheduler.nowMs() - frozenSinceMs
    frozenSinceMs = null
    // What has piled up comes in any order: an expired timer may well run after what it should have forbidden.
    const waiting = backlog
    backlog = []
    for (const call of waiting) deliver(scheduler.nowMs() + between(random, 0, 1.5), call)
  }

  function after(ms: number, call: () => void): () => void {
    const dueMs = monotonicMs() + Math.max(0, ms)
    let isCancelled = false
    const look = () => {
      if (isCancelled) return
      const leftMs = dueMs - monotonicMs()
      if (leftMs <= 1e-3) call()
      else forget = lookAt(scheduler.nowMs() + leftMs / rate)
    }
    const lookAt = (atMs: number) => scheduler.at(atMs, () => enter(look))
    let forget = lookAt(scheduler.nowMs() + Math.max(0, ms) / rate + between(random, 0, 0.8))
    return () => {
      isCancelled = true
      forget()
    }
  }

  function every(ms: number, call: () => void): () => void {
    let cancel = after(ms, again)
    function again(): void {
      cancel = after(ms, again)
      call()
    }
    return () => cancel()
  }

  return {
    name,
    clock: { monotonicMs, wallMs },
    timers: { after, inBackground: after, every, soon: (call) => void after(0, call) },
    deliver,
    stop(ms, isSuspended = false) {
      if (state !== 'runs') return
      state = 'stopped'
      if (isSuspended) frozenSinceMs = scheduler.nowMs()
      scheduler.at(scheduler.nowMs() + ms, resume)
    },
    crash() {
      state = 'crashed'
      backlog = []
    },
    isAlive: () => state !== 'crashed',
    isStopped: () => state === 'stopped',
  }
}
