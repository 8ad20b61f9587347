import { endReasonOf, SessionError } from '@single-state/core/protocol'
import type Database from 'better-sqlite3'
import { covers } from './change-log.ts'
import { createReaderTable } from './reader-table.ts'
import { failureOf } from './sqlite-failure.ts'
import { notesOf } from './sqlite-notes.ts'
import { createTables } from './sqlite-tables.ts'
import { lineWithoutVersion, type Step } from './step.ts'
import type { Position, SessionRecord, SessionStore } from './store.ts'
import { commitStep, confirmStep, createStep, endAllStep, endStep, endSubjectStep, exchangeStep } from './transitions.ts'

/**
 * The store on a database that is open, exclusive and migrated; it closes it.
 *
 * The driver is synchronous and no other process is in the file, so a read needs no transaction to be one atomic step.
 */
export function storeOn(database: Database.Database, name: string, clock: () => number): SessionStore {
  const tables = createTables(database)
  const readerTable = createReaderTable()
  const transaction = database.transaction((work: () => unknown) => work())
  /** False from a write that failed until one succeeds. */
  let writable = true

  function read<Result>(work: (nowMs: number) => Result): Result {
    if (!database.open) throw new SessionError('store_unavailable', 'sqlite: the store is closed')
    try {
      return work(clock())
    } catch (error) {
      throw failureOf(error, 'read')
    }
  }

  function write<Result>(work: (nowMs: number) => Result): Result {
    if (!database.open) throw new SessionError('store_unavailable', 'sqlite: the store is closed')
    try {
      const result = transaction.immediate(() => work(clock())) as Result
      writable = true
      return result
    } catch (error) {
      const failure = failureOf(error, 'write')
      if (failure !== error) writable = false
      throw failure
    }
  }

  const answer = <Outcome>(outcome: Outcome, nowMs: number): Position & Outcome => ({ ...tables.position(), nowMs, ...outcome })
  const load = (id: string | null) => (id === null ? null : tables.session(id))

  function apply<Outcome>(step: Step<Outcome>, nowMs: number): Position & Outcome {
    for (const record of step.changed) {
      tables.saveSession(record)
      tables.logChange(record.id)
    }
    if (step.touched) tables.saveSession(step.touched)
    for (const line of step.audit) tables.appendAudit(line, nowMs)
    return answer(step.answer, nowMs)
  }

  function living(records: readonly SessionRecord[], nowMs: number) {
    return answer({ records: records.filter((record) => endReasonOf(record, nowMs) === null) }, nowMs)
  }

  return {
    name,
    durability: 'disk',

    async create(session, entry) {
      return write((nowMs) => {
        const { reign } = tables.reign()
        const facts = {
          existing: load(session.id),
          cutoff: Math.max(tables.cutoffOf(session), reign),
          reign,
          siblings: session.limit === null ? [] : tables.sessionsOf(session),
          replaced: load(session.replaces),
        }
        return apply(createStep(session, facts, entry, nowMs), nowMs)
      })
    },
    async read(ids) {
      return read((nowMs) => {
        const reign = tables.reign()
        return answer({ records: ids.map((id) => tables.session(id, reign)) }, nowMs)
      })
    },
    async commit(change, entry) {
      return write((nowMs) => apply(commitStep(load(change.id), change, entry, nowMs), nowMs))
    },
    async end(id, reason, entry) {
      return write((nowMs) => apply(endStep(load(id), reason, entry, nowMs), nowMs))
    },
    async endSubject(person, which, entry) {
      return write((nowMs) => {
        tables.raiseCutoff(person)
        return apply(endSubjectStep(person, tables.sessionsOf(person), which, entry, nowMs), nowMs)
      })
    },
    async endAll(entry) {
      return write((nowMs) => {
        tables.beginReign(nowMs)
        return apply(endAllStep(entry), nowMs)
      })
    },
    async exchange(id, shown, idleMs, reuse) {
      return write((nowMs) => apply(exchangeStep(load(id), shown, idleMs, reuse, nowMs), nowMs))
    },
    async confirm(id, shown) {
      try {
        return write((nowMs) => apply(confirmStep(load(id), shown, nowMs), nowMs))
      } catch (error) {
        if (!(error instanceof SessionError)) throw error
        // A read must not fail because its token cannot be marked as seen (rule 11); where nothing can be read this says so.
        return read((nowMs) => answer({ record: load(id) }, nowMs))
      }
    },
    async listBySubject(person) {
      return read((nowMs) => living(tables.sessionsOf(person), nowMs))
    },
    async findByIdpSession(issuer, idpSession) {
      return read((nowMs) => living(tables.sessionsOfIdp(issuer, idpSession), nowMs))
    },
    async changesSince(since, ofEpoch, heard) {
      return read((nowMs) => {
        const known = readerTable.hear(heard)
        if (!covers(tables.position(), since, ofEpoch)) return answer({ kind: 'reset' as const, ...known }, nowMs)
        return answer({ kind: 'changes' as const, ids: tables.changedAfter(since), ...known }, nowMs)
      })
    },
    async appendAudit(entry) {
      write((nowMs) => tables.appendAudit(lineWithoutVersion(entry), nowMs))
    },
    async auditQuery({ afterSeq, idHash, limit }) {
      return read(() => tables.auditAfter(afterSeq, idHash, limit))
    },
    async sweep({ endedBeforeMs, auditBeforeMs, limit }) {
      return write(() => ({ sessions: tables.sweepSessions(endedBeforeMs, limit), audit: tables.sweepAudit(auditBeforeMs, limit) }))
    },
    async signingKeys() {
      return read(() => tables.keys())
    },
    async saveSigningKeys(revision, keys) {
      return write(() => tables.replaceKeys(revision, keys))
    },
    async health() {
      if (!writable) probe()
      return read((nowMs) => answer({ writable, endings: tables.endings() }, nowMs))
    },
    async diagnose() {
      return read(() => notesOf(database))
    },
    async close() {
      database.close()
    },
  }

  /** Asks again after a failed write, so that a store that recovers is noticed without traffic. */
  function probe(): void {
    try {
      write(() => tables.touch())
    } catch {
      // `writable` says it.
    }
  }
}
