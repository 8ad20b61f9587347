import { endReasonOf } from '@single-state/core/protocol'
import type { SessionRecord } from './store.ts'

/** The time since a store last ended everybody; 0 and 0 if it never did. */
export interface Reign {
  /** Which one: the count of subject endings that the ending of everybody made. Sessions carry it from their creation. */
  readonly reign: number
  /** When it began, on the store's clock. */
  readonly sinceMs: number
}

/**
 * A session as it reads now: one of an earlier reign is over.
 *
 * So everybody is ended in one small step, whatever their number. Its tombstone is made when it is read, always the same.
 */
export function underReign(record: SessionRecord, { reign, sinceMs }: Reign): SessionRecord {
  if (record.reign >= reign || record.ended !== null) return record
  return { ...record, ended: endReasonOf(record, sinceMs) ?? 'revoked', endedAtMs: sinceMs }
}
