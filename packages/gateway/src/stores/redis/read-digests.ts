import type { SessionRecord } from '../store.ts'
import { type Packed, recordOf } from './session-fields.ts'

/** A session as `readScript` answers it: with its digest, 1 where it has the one that came with the question, null where there is none. */
export type Read = readonly [packed: Packed, digest: string] | 1 | null

/**
 * Remembers with which digest a record came, for as long as somebody has that record.
 *
 * The digest goes along with the next question, so that a session that did not change stays where it is: its 2 KB cost this
 * process more than all else of a read.
 */
export function createDigests() {
  const digests = new WeakMap<SessionRecord, string>()
  return {
    /** '' for a record that no read has answered. */
    of: (record: SessionRecord | null | undefined): string => (record && digests.get(record)) ?? '',
    recordOf: (found: Exclude<Read, 1>): SessionRecord | null => {
      if (found === null) return null
      const [packed, digest] = found
      const record = recordOf(packed)
      digests.set(record, digest)
      return record
    },
  }
}
