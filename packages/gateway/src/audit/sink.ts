import type { AuditRecord } from './record.ts'

/** What tells one record from every other: a store that was restored uses its sequences again, at another time. */
export type AuditMark = Pick<AuditRecord, 'seq' | 'at'>

/** Where audit records go beside the store: at least once each, in order; one that comes again is the same in sequence and time. */
export interface AuditSink {
  /** What log lines call it. */
  readonly name: string
  /** Which record it was given last, `'empty'` before the first; null where it cannot tell. Asked at the start, for 10 s at most. */
  last(): Promise<AuditMark | 'empty' | null>
  /** Resolves when the records are kept. They come again after a rejection, and where that takes more than 10 s. */
  write(records: readonly AuditRecord[]): Promise<void>
  /** Lets go of what it holds, when the gateway is closed; a second is what it has for that. */
  close?(): Promise<void>
}
