import type { SubjectOf } from '@single-state/core/protocol'
import type { AuditRecord } from './record.ts'

/** Something that an audit should not hold. */
export interface AuditFault {
  /** The record that shows it; null for a document. */
  readonly seq: number | null
  /** Keyed hash of the session. */
  readonly session: string | null
  readonly what: string
}

/** What a run of audit records adds up to. */
export interface AuditChain {
  readonly add: (record: AuditRecord) => void
  /** Sequence of the last record; 0 before the first. */
  readonly lastSeq: () => number
  readonly count: () => number
  /** The last version of each session, by the keyed hash of its id. */
  readonly versions: () => ReadonlyMap<string, number>
  /** Everybody whose sessions the records name. */
  readonly people: () => readonly SubjectOf[]
  readonly faults: () => readonly AuditFault[]
}

/** 1,000: enough to see what kind of damage it is. */
const mostFaults = 1_000

/** Adds up audit records in order and notes where they do not follow from each other. */
export function createChain(): AuditChain {
  const versions = new Map<string, number>()
  const people = new Map<string, SubjectOf>()
  const faults: AuditFault[] = []
  let firstSeq = 0
  let lastSeq = 0
  let count = 0

  return {
    add: (record) => {
      const note = (what: string) => {
        if (faults.length < mostFaults) faults.push({ seq: record.seq, session: record.session, what })
      }
      if (count === 0) firstSeq = record.seq
      else if (record.seq !== lastSeq + 1) note(`expected sequence ${lastSeq + 1}`)
      count += 1
      lastSeq = record.seq
      if (record.subject !== null) people.set(record.subject, personOf(record.subject))
      if (record.session === null || record.toVersion === null) return
      // Records from before a sweep are gone, so a session may first be met in the middle of its life.
      const known = versions.get(record.session) ?? (firstSeq > 1 && record.operation !== 'create' ? record.fromVersion : 0)
      const wrong = wrongStep(record, known ?? 0)
      if (wrong !== null) note(wrong)
      versions.set(record.session, record.toVersion)
    },
    lastSeq: () => lastSeq,
    count: () => count,
    versions: () => new Map(versions),
    people: () => [...people.values()],
    faults: () => faults,
  }
}

/** What is wrong with a record of a session that was at `known`; null when it follows. Rule 2: one more with every commit. */
function wrongStep({ operation, fromVersion, toVersion }: AuditRecord, known: number): string | null {
  if (fromVersion !== known) return `expected a change of version ${known}, found one of ${fromVersion}`
  const commits = operation === 'create' || operation === 'update' || operation === 'signal'
  const expected = commits ? known + 1 : known
  return toVersion === expected ? null : `expected version ${expected}, found ${toVersion}`
}

/** An issuer has no space. */
function personOf(name: string): SubjectOf {
  const space = name.indexOf(' ')
  return { issuer: name.slice(0, space), subject: name.slice(space + 1) }
}
