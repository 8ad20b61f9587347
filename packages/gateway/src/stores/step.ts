import type { SubjectOf } from '@single-state/core/protocol'
import type { AuditEntry, AuditRecord } from '../audit/record.ts'
import type { Position, SessionRecord } from './store.ts'

/** An outcome without the store's position: what a decision knows before it is applied. */
export type Answer<Outcome> = Outcome extends Position ? Omit<Outcome, keyof Position> : never

/** An audit record before the store gives it its place and time. */
export type AuditLine = Omit<AuditRecord, 'seq' | 'at'>

/** What a verb decided: its answer, and all that a store has to save with it in one atomic step. */
export interface Step<Outcome> {
  readonly answer: Outcome
  /** Changed sessions in order. Each is saved, raises `seq` by one and enters the change log. */
  readonly changed: readonly SessionRecord[]
  /** A session of which only the line of tokens moved: saved, and nothing else. */
  readonly touched: SessionRecord | null
  readonly audit: readonly AuditLine[]
}

/** A step that saves nothing. */
export function unchanged<Outcome>(answer: Outcome): Step<Outcome> {
  return { answer, changed: [], touched: null, audit: [] }
}

/** The audit line of one changed session: versions 0 to 1 for a creation, the same twice for an end. */
export function lineOf(entry: AuditEntry, from: SessionRecord | null, to: SessionRecord): AuditLine {
  return { ...entry, session: to.idHash, subject: subjectName(to), fromVersion: from?.version ?? 0, toVersion: to.version }
}

/** The audit line of something that concerns no version. */
export function lineWithoutVersion(entry: AuditEntry): AuditLine {
  return { ...entry, fromVersion: null, toVersion: null }
}

/** A person as audit records name one. */
export function subjectName({ issuer, subject }: SubjectOf): string {
  return `${issuer} ${subject}`
}

/** The record of an audit line, in the step that saves it. */
export function auditRecord(line: AuditLine, seq: number, nowMs: number): AuditRecord {
  return { seq, at: new Date(nowMs).toISOString(), ...line }
}
