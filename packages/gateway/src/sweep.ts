import type { SessionStore } from './stores/store.ts'
import type { Log } from './telemetry/log.ts'
import type { Timers } from './timers.ts'

/** A minute between sweeps, and 500 of each kind at most, so that nobody waits for one. */
const everyMs = 60_000
export const mostOfEach = 500

/** 1 s after one that found as many as it may: a busy store makes more than 500 a minute, and must not grow for ever. */
const soonMs = 1_000

/** 1 h more than any token and any write under way can last, so that a tombstone is there when they arrive (rule 9). */
export const marginMs = 3_600_000

/** How long what is over is kept. */
export interface Keeping {
  readonly tokenMs: number
  readonly absoluteMs: number
  readonly auditMs: number
}

/** Removes what is long over from the store, now and then, until it is told to stop. */
export function startSweeping(store: SessionStore, keeping: Keeping, timers: Timers, log: Log): () => void {
  let underWay = false
  let stopped = false
  let cancelNext = () => {}

  function sweep(): void {
    if (underWay || stopped) return
    underWay = true
    sweepOnce(store, keeping)
      .then((swept) => {
        log.debug(swept, 'swept')
        if (Math.max(swept.sessions, swept.audit) === mostOfEach && !stopped) cancelNext = timers.after(soonMs, sweep)
      })
      .catch((error: unknown) => log.warn({ err: error }, 'the sweep did not succeed; the next one tries again'))
      .finally(() => {
        underWay = false
      })
  }

  const stopEvery = timers.every(everyMs, sweep)
  return () => {
    stopped = true
    stopEvery()
    cancelNext()
  }
}

/** One sweep, by the store's own clock (rule 10). */
async function sweepOnce(store: SessionStore, { tokenMs, absoluteMs, auditMs }: Keeping) {
  const { nowMs } = await store.health()
  return store.sweep({ endedBeforeMs: nowMs - absoluteMs - tokenMs - marginMs, auditBeforeMs: nowMs - auditMs, limit: mostOfEach })
}
