import type { SnapshotCache } from '../cache/snapshot-cache.ts'
import { boundedBy, isWithin } from '../consistency/freshness.ts'
import { reaches } from '../consistency/version.ts'
import type { Clock } from './clock.ts'
import type { Freshness } from './freshness.ts'
import { type ReadOutcome, type ReadSuccess, unavailable } from './outcome.ts'
import type { Presented } from './presented.ts'
import type { ReadFlights } from './read-flights.ts'

/** Reads sessions as fresh as asked. */
export interface SessionReader<View> {
  read(presented: Presented, freshness: Freshness): Promise<ReadOutcome<View>>
  /** A session that was found, as it is known by now: something else was awaited since, and another answer may have come. */
  latest<Outcome extends ReadOutcome<View>>(presented: Presented, found: Outcome): Outcome | ReadSuccess<View> | Ended
}

type Ended = Extract<ReadOutcome<never>, { status: 'ended' }>

interface SessionReaderOptions<View> {
  readonly cache: SnapshotCache<View>
  readonly ask: ReadFlights<View>
  readonly clock: Clock
  /** The contract's `stale` of the application: the ceiling of every bound. */
  readonly staleMs: number
}

/** Makes the reader of one application. */
export function createSessionReader<View>({ cache, ask, clock, staleMs }: SessionReaderOptions<View>): SessionReader<View> {
  function held(
    { claims }: Presented,
    { atLeast, maxAgeMs, outageGraceMs }: Freshness,
    source: 'snapshot' | 'outage-grace',
  ): ReadSuccess<View> | null {
    const boundMs = boundedBy(source === 'snapshot' ? maxAgeMs : outageGraceMs, staleMs)
    // No local read serves past the end of the token: it bounds how long anything is believed without asking.
    if (boundMs === 0 || clock.wallMs() >= claims.exp * 1_000) return null
    const snapshot = cache.get(claims.sid)
    if (!snapshot || !reaches(snapshot.version, atLeast)) return null
    return isWithin(snapshot.confirmedAtMs, boundMs, clock.monotonicMs()) ? { status: 'active', snapshot, source } : null
  }

  async function strict(presented: Presented, atLeast: number | undefined): Promise<ReadOutcome<View>> {
    const outcome = await ask(presented)
    if (outcome.status !== 'active' || reaches(outcome.snapshot.version, atLeast)) return outcome
    return unavailable('version_not_reached')
  }

  function over({ claims }: Presented): Ended | null {
    const reason = cache.endReason(claims.sid)
    return reason ? { status: 'ended', reason } : null
  }

  return {
    async read(presented, freshness) {
      const ended = over(presented)
      if (ended) return ended
      const near = held(presented, freshness, 'snapshot')
      if (near) return near
      const outcome = await strict(presented, freshness.atLeast)
      // Only an outage is bridged: an answer, even one that is of no use, says that the gateway knows better.
      const isOutage = outcome.status === 'unavailable' && outcome.code === 'store_unavailable'
      return (isOutage && held(presented, freshness, 'outage-grace')) || outcome
    },
    latest(presented, found) {
      if (found.status !== 'active') return found
      const snapshot = cache.get(presented.claims.sid)
      const newer = snapshot && snapshot.version > found.snapshot.version ? { ...found, snapshot } : found
      return over(presented) ?? newer
    },
  }
}
