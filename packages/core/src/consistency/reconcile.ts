/** What is compared of two snapshots of one session. */
interface Versioned {
  readonly version: number
  /** When the request that confirmed it was sent, on this process's monotonic clock. */
  readonly confirmedAtMs: number
}

/**
 * Which of two snapshots of one session to keep: the higher version; of the same version the one confirmed later.
 *
 * Rule 6: never backwards. An answer that was slow on its way must not replace what is known to be newer.
 */
export function reconcile<Snapshot extends Versioned>(held: Snapshot | undefined, arrived: Snapshot): Snapshot {
  if (held === undefined || arrived.version > held.version) return arrived
  if (arrived.version < held.version) return held
  return arrived.confirmedAtMs >= held.confirmedAtMs ? arrived : held
}
