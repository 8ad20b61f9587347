import type { AuditRecord } from './record.ts'

/** Where audit records go beside the store: at least once each, in order; one that comes again is the same in sequence and time. */
export interface AuditSink {
  /** What log lines call it. */
  readonly name: string
  /** Sequence of the newest record that it has, 0 for none; null where it cannot tell. Asked once, at the start. */
  last(): Promise<number | null>
  /** Resolves when the records are kept. They come again after a rejection. */
  write(records: readonly AuditRecord[]): Promise<void>
}
