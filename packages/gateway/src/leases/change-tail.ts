import { keptChanges } from '../stores/change-log.ts'
import type { Position } from '../stores/store.ts'

/** A stretch of a store's change log: every change after `from`, up to `seq`. */
export interface ChangeTail {
  readonly epoch: string
  readonly from: number
  readonly seq: number
  /** The session of each change, in order: one for every number from `from` + 1 to `seq`. */
  readonly ids: readonly string[]
}

/** What a store says about its changes. */
export type Changes = Pick<Position, 'epoch' | 'seq'> &
  ({ readonly kind: 'changes'; readonly ids: readonly string[] } | { readonly kind: 'reset' })

/**
 * The tail after another look into the store, asked about the changes after `asked`. It is kept as long as a store's log:
 * whoever is further behind starts anew. An answer that does not name every change is as good as none.
 */
export function extended(tail: ChangeTail | null, asked: number, seen: Changes): ChangeTail {
  const { epoch, seq } = seen
  if (seen.kind === 'reset' || seen.ids.length !== seq - asked) return { epoch, from: seq, seq, ids: [] }
  const held = tail?.epoch === epoch && tail.seq === asked ? tail.ids : []
  const ids = seen.ids.length === 0 ? held : [...held, ...seen.ids].slice(-keptChanges)
  return { epoch, from: seq - ids.length, seq, ids }
}

/**
 * The sessions that changed after `since`, each once; null where the tail cannot tell. A number of another epoch, from the
 * future or from before the tail cannot be compared: saying "nothing" would leave an ended session alive in a cache (rule 5).
 */
export function changedSince(tail: ChangeTail, since: number, epoch: string): readonly string[] | null {
  if (epoch !== tail.epoch || since > tail.seq || since < tail.from) return null
  return since === tail.seq ? [] : [...new Set(tail.ids.slice(since - tail.seq))]
}
