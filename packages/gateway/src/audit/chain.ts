import type { AuditRecord } from './record.ts'

/** Something that an audit should not hold. */
export interface AuditFault {
  /** The record that shows it; null for a document, and for an audit without records. */
  readonly seq: number | null
  /** Keyed hash of the session. */
  readonly session: string | null
  readonly what: string
}

/** A record that says from which version of a session to which it leads. */
export type ChangeRecord = AuditRecord & { readonly session: string; readonly fromVersion: number; readonly toVersion: number }

/** Where a run of records meets a session first, and where it leaves it. */
export interface Stretch {
  readonly first: ChangeRecord
  readonly last: ChangeRecord
}

/** Whether a record is of the life of a session, and no refusal. */
export function isChange(record: AuditRecord): record is ChangeRecord {
  return record.session !== null && record.fromVersion !== null && record.toVersion !== null
}

/** Where the sequence of a run of records has a gap. */
export function gapsOf(records: readonly AuditRecord[]): readonly AuditFault[] {
  return records.flatMap((record, index) => {
    const before = records[index - 1]
    return before === undefined || record.seq === before.seq + 1 ? [] : [faultOf(record, `expected sequence ${before.seq + 1}`)]
  })
}

/** Follows each session through a run of records: its stretch, and the steps that do not follow from each other. */
export function followSessions(records: readonly AuditRecord[]): {
  readonly stretches: ReadonlyMap<string, Stretch>
  readonly faults: readonly AuditFault[]
} {
  const stretches = new Map<string, Stretch>()
  const faults: AuditFault[] = []
  for (const record of records.filter(isChange)) {
    const known = stretches.get(record.session)
    const begins = record.operation === 'create' ? 0 : record.fromVersion
    faults.push(...stepFaults(record, known?.last.toVersion ?? begins))
    stretches.set(record.session, { first: known?.first ?? record, last: record })
  }
  return { stretches, faults }
}

/** What is wrong with a record of a session that was at `known`. Rule 2: one more with every commit. */
export function stepFaults(record: ChangeRecord, known: number): readonly AuditFault[] {
  const { operation, fromVersion, toVersion } = record
  if (fromVersion !== known) return [faultOf(record, `expected a change of version ${known}, found one of ${fromVersion}`)]
  const commits = operation === 'create' || operation === 'update' || operation === 'signal'
  const expected = commits ? known + 1 : known
  return toVersion === expected ? [] : [faultOf(record, `expected version ${expected}, found ${toVersion}`)]
}

/** A fault that a record shows. */
export function faultOf({ seq, session }: AuditRecord, what: string): AuditFault {
  return { seq, session, what }
}
