import type { SessionStore } from '../stores/store.ts'
import { oldestRecord } from './oldest-record.ts'
import type { AuditMark } from './sink.ts'

/** 1 h: more than the clocks of two primaries are apart. */
const marginMs = 3_600_000

/**
 * Up to where a store that does not have the record `mark` still has what was passed on with it: everything that was written
 * an hour before that record or earlier. What was lost is newer, and what came in its place is newer still.
 */
export async function agreedSequence(store: Pick<SessionStore, 'auditQuery'>, mark: AuditMark, newest: number): Promise<number> {
  const boundMs = Date.parse(mark.at) - marginMs
  let low = ((await oldestRecord(store))?.seq ?? 1) - 1
  let high = Math.min(newest, mark.seq - 1)
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const [record] = await store.auditQuery({ afterSeq: middle - 1, idHash: null, limit: 1 })
    if (record !== undefined && Date.parse(record.at) <= boundMs) low = middle
    else high = middle - 1
  }
  return low
}
