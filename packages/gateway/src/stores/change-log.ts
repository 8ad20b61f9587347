/** 10,000 changes: minutes of a busy store. A reader that is further behind starts anew, which costs it its cache and nothing else. */
export const keptChanges = 10_000

/** What a store's change log reaches over. */
interface LogReach {
  readonly epoch: string
  /** The newest change. */
  readonly seq: number
}

/** The `seq` from which on the log is complete. */
export function logStart(seq: number): number {
  return Math.max(0, seq - keptChanges)
}

/**
 * Whether the log knows everything after `since`.
 *
 * A `seq` of another epoch, from the future or from before the log cannot be compared: saying "nothing changed" to one
 * would leave an ended session alive in a cache (rule 5).
 */
export function covers(log: LogReach, since: number, epoch: string): boolean {
  return epoch === log.epoch && since <= log.seq && since >= logStart(log.seq)
}
