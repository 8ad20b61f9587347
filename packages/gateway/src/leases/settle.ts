import { clockRateError, leaseMs, settleMs, shortestSettleMs, unseenPauseMs } from '@single-state/core/protocol'
import type { Timers } from '../timers.ts'
import type { ChangePoll } from './poll.ts'

/** Holds the acknowledgement of a write until nobody can read anything older from memory. */
export interface Settling {
  /** Milliseconds that a write waits at most; 0 where no leases are granted. */
  readonly waitMs: number
  /**
   * Begins the wait; call it as soon as the store has answered, and await it before the write is acknowledged. A repeat of
   * a write waits from its own look into the store: how long ago the first was applied is not known. It is over early when
   * every process that reads from memory has said that it has taken the write in.
   */
  readonly begin: () => Promise<void>
}

/** What a wait needs of the process. */
export interface SettlePorts {
  /** Milliseconds that only ever go forward. */
  readonly monotonicMs: () => number
  readonly after: Timers['after']
  readonly poll: Pick<ChangePoll, 'whenTakenIn'>
}

/**
 * Makes the wait of every write.
 *
 * @throws RangeError for one that leases could outlast.
 */
export function createSettling({ monotonicMs, after, poll }: SettlePorts, waitMs: number = settleMs): Settling {
  const shortestMs = shortestSettleMs(leaseMs, clockRateError, unseenPauseMs)
  if (waitMs < shortestMs) throw new RangeError(`expected a wait of ${shortestMs} ms or more, found ${waitMs}`)
  return {
    waitMs,
    begin: () => {
      const endsAtMs = monotonicMs() + waitMs
      return new Promise((resolve) => {
        let cancel = () => {}
        const forget = poll.whenTakenIn(() => {
          cancel()
          resolve()
        })
        // Compared with the clock: timers may run a moment early.
        const look = () => {
          const leftMs = endsAtMs - monotonicMs()
          if (leftMs > 0) cancel = after(leftMs, look)
          else {
            forget()
            resolve()
          }
        }
        look()
      })
    },
  }
}

/** Where no leases are granted nobody reads from memory without having been told how old that may be. */
export const noSettling: Settling = { waitMs: 0, begin: async () => {} }
