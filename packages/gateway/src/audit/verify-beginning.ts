import { durationText } from '../duration-text.ts'
import type { SessionStore } from '../stores/store.ts'
import { type AuditFault, faultOf } from './chain.ts'
import { oldestRecord } from './oldest-record.ts'
import type { AuditRecord } from './record.ts'

/** 1 min: a store's clock may be another one than that of the sweep, as after a failover. */
const marginMs = 60_000

/** Where a slice begins. */
export interface Beginning {
  /** The sequence that the slice begins after. */
  readonly after: number
  /** The record of that sequence or, where there is none, the next one that there is. */
  readonly first: AuditRecord | undefined
  /** How long records are kept. */
  readonly keepMs: number
}

/**
 * What is wrong with where a slice begins. Records that are not there may have been swept, then nothing older than the first
 * is there either, and the sweep has left a record that is older than they are kept.
 */
export async function beginningFaults(store: SessionStore, { after, first, keepMs }: Beginning): Promise<readonly AuditFault[]> {
  const expected = Math.max(1, after)
  if (first?.seq === expected) return []
  const { nowMs, seq } = await store.health()
  if (first === undefined && after === 0) return seq === 0 ? [] : [nothing('the store has changes, and the audit has no record')]
  if (first === undefined) return [nothing(`expected sequence ${expected}, found the end of the audit`)]
  const oldest = await oldestRecord(store)
  if (oldest === undefined || oldest.seq < first.seq) return [faultOf(first, `expected sequence ${expected}`)]
  if (Date.parse(oldest.at) <= nowMs - keepMs + marginMs) return []
  return [faultOf(oldest, `the audit begins here, and this is younger than records are kept (${durationText(keepMs)})`)]
}

function nothing(what: string): AuditFault {
  return { seq: null, session: null, what }
}
