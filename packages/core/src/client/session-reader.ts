import type { SnapshotCache } from '../cache/snapshot-cache.ts'
import { boundedBy, isWithin } from '../consistency/freshness.ts'
import { reaches } from '../consistency/version.ts'
import { type AtOnce, andThen } from './at-once.ts'
import type { Clock } from './clock.ts'
import type { Freshness } from './freshness.ts'
import type { LeaseKeeper } from './heartbeat.ts'
import { foundIn, type ReadOutcome, type ReadSuccess, unavailable } from './outcome.ts'
import type { Presented } from './presented.ts'
import type { ReadFlights } from './read-flights.ts'

/** Reads sessions as fresh as asked. */
export interface SessionReader<View> {
  /** At once where the gateway need not be asked. */
  read(presented: Presented, freshness: Freshness): AtOnce<ReadOutcome<View>>
  /** A session that was found, as it is known by now: something else was awaited since, and another answer may have come. */
  latest<Outcome extends ReadOutcome<View>>(presented: Presented, found: Outcome): Outcome | ReadSuccess<View> | Ended
}

type Ended = Extract<ReadOutcome<never>, { status: 'ended' }>

interface SessionReaderOptions<View> {
  readonly cache: SnapshotCache<View>
  readonly ask: ReadFlights<View>
  readonly leases: LeaseKeeper
  readonly clock: Clock
  /** The contract's `stale` of the application: the ceiling of every bound. */
  readonly staleMs: number
}

/** Makes the reader of one application. */
export function createSessionReader<View>({ cache, ask, leases, clock, staleMs }: SessionReaderOptions<View>): SessionReader<View> {
  /**
   * What a lease allows to be served. A token of a generation that this process has not shown yet is shown first: only what
   * the gateway sees can tell it that an older copy is a copy.
   */
  function leased({ claims }: Presented, atLeast: number | undefined): ReadSuccess<View> | null {
    leases.want()
    const wallMs = clock.wallMs()
    // No local read serves past the end of the token: it bounds how long anything is believed without asking.
    if (wallMs >= claims.exp * 1_000) return null
    const snapshot = cache.leased(claims.sid, clock.monotonicMs(), wallMs)
    if (!snapshot || snapshot.generation < claims.gen || !reaches(snapshot.version, atLeast)) return null
    return foundIn(snapshot, 'lease', cache.lease()?.queuedAtMs)
  }

  function held(
    { claims }: Presented,
    { atLeast, maxAgeMs, outageGraceMs }: Freshness,
    source: 'snapshot' | 'outage-grace',
  ): ReadSuccess<View> | null {
    const boundMs = boundedBy(source === 'snapshot' ? maxAgeMs : outageGraceMs, staleMs)
    if (boundMs === 0 || clock.wallMs() >= claims.exp * 1_000) return null
    const snapshot = cache.get(claims.sid)
    if (!snapshot || !reaches(snapshot.version, atLeast)) return null
    return isWithin(snapshot.confirmedAtMs, boundMs, clock.monotonicMs()) ? foundIn(snapshot, source) : null
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
    read(presented, freshness) {
      // What has ended is held no more, so whatever is found here has not.
      const near = (freshness.live ? leased(presented, freshness.atLeast) : held(presented, freshness, 'snapshot')) ?? over(presented)
      if (near) return near
      return andThen(strict(presented, freshness.atLeast), (outcome) => {
        // Only an outage is bridged: an answer, even one that is of no use, says that the gateway knows better.
        const isOutage = outcome.status === 'unavailable' && outcome.code === 'store_unavailable'
        return (isOutage && held(presented, freshness, 'outage-grace')) || outcome
      })
    },
    latest(presented, found) {
      if (found.status !== 'active') return found
      const snapshot = cache.get(presented.claims.sid)
      const newer = snapshot && snapshot.version > found.snapshot.version ? foundIn(snapshot, found.source) : found
      return over(presented) ?? newer
    },
  }
}
