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

/** How long a session is kept after its end. */
export function endedKeptMs({ tokenMs, absoluteMs }: Pick<Keeping, 'tokenMs' | 'absoluteMs'>): number {
  return absoluteMs + tokenMs + marginMs
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
      .then(({ more, ...swept }) => {
        log.debug(swept, 'swept')
        if (more && !stopped) cancelNext = timers.after(soonMs, sweep)
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
async function sweepOnce(store: SessionStore, keeping: Keeping) {
  const { nowMs } = await store.health()
  const oldest = await store.auditQuery({ afterSeq: 0, idHash: null, limit: mostOfEach + 1 })
  const times = oldest.map(({ at }) => Date.parse(at))
  const tooOld = times.filter((atMs) => atMs < nowMs - keeping.auditMs)
  const swept = await store.sweep({ endedBeforeMs: nowMs - endedKeptMs(keeping), auditBeforeMs: auditBound(tooOld), limit: mostOfEach })
  const more = swept.sessions === mostOfEach || (swept.audit > 0 && tooOld.length > mostOfEach)
  return { ...swept, more }
}

/**
 * Before when records are removed, by the times of the oldest that are too old: the newest of those that are too old stays. So the audit always begins
 * with a record that is older than `audit.keep`, and one that begins later, or has none at all, has lost what it began with.
 */
function auditBound(tooOld: readonly number[]): number {
  const newestMs = Math.max(0, ...tooOld)
  // More records of one moment than a sweep removes: some of them have to go first.
  return tooOld.length > mostOfEach && tooOld[0] === newestMs ? newestMs + 1 : newestMs
}
