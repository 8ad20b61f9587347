import { endReasonOf, type Receipt, SessionError, type SubjectOf } from '@single-state/core/protocol'
import { covers } from '../change-log.ts'
import { auditRecord, lineWithoutVersion, type Step, unchanged } from '../step.ts'
import type { SessionStore } from '../store.ts'
import { commitStep, confirmStep, createStep, endAllStep, endStep, endSubjectStep, exchangeStep } from '../transitions.ts'
import { epochOf, type Loaded, loadedFrom, lockOf } from './loaded.ts'
import { notesOf } from './notes.ts'
import { hearValues, knownReaders } from './readers.ts'
import { planOf } from './saving.ts'
import * as statements from './statements.ts'
import { decodeText } from './text.ts'
import type { Query, Saved, Transactions } from './transactions.ts'

/** What the store's verbs stand on. */
export interface PostgresParts {
  readonly name: string
  readonly durability: Receipt['durability']
  /** Of this schema: two stores in one database lock different subjects. */
  readonly schema: string
  readonly transactions: Transactions
  /** Null for the database's own. */
  readonly clock: (() => number) | null
  readonly close: () => Promise<void>
}

/** The verbs of a store on a database that is open and migrated. Locks are taken in one order: subject, sessions by id, counters. */
export function postgresVerbs({ name, durability, schema, transactions, clock, close }: PostgresParts): SessionStore {
  const read = async (statement: Omit<Query, 'values'>, values: readonly unknown[]) =>
    loadedFrom(await transactions.read({ ...statement, values }), clock)

  /** Loads and locks sessions by id, decides, saves. */
  function change<Outcome>(id: string, decide: (loaded: Loaded) => Step<Outcome>) {
    return transactions.write([{ ...statements.lockSessions, values: [[id]] }], (answered) => {
      const loaded = loadedFrom(answered, clock)
      return planOf(decide(loaded), loaded)
    })
  }

  function subjectLoad(person: SubjectOf, ids: readonly string[], siblings: boolean): readonly Query[] {
    return [
      { ...statements.lockPerson, values: [lockOf(person, schema)] },
      { ...statements.lockSubject, values: [ids, person.issuer, person.subject, siblings] },
    ]
  }

  function living({ position, records }: Loaded) {
    return { ...position, records: records.filter((each) => endReasonOf(each, position.nowMs) === null) }
  }

  /** Rows of a statement that saves, in a transaction of its own. */
  function saveOnly(queries: readonly Query[]): Promise<readonly Saved[]> {
    return transactions.write([], () => ({ save: queries, answer: (saved) => saved }))
  }

  return {
    name,
    durability,

    create(session, entry) {
      const ids = session.replaces === null ? [session.id] : [session.id, session.replaces]
      return transactions.write(subjectLoad(session, ids, session.limit !== null), (answered) => {
        const loaded = loadedFrom(answered, clock)
        const { reign } = loaded.reign
        const facts = {
          existing: loaded.find(session.id),
          cutoff: Math.max(answered.rows[0].cutoff, reign),
          reign,
          siblings: session.limit === null ? [] : loaded.siblingsOf(session),
          replaced: loaded.find(session.replaces),
        }
        return planOf(createStep(session, facts, entry, loaded.position.nowMs), loaded)
      })
    },
    async read(ids) {
      const { position, find } = await read(statements.readSessions, [ids])
      return { ...position, records: ids.map(find) }
    },
    commit(wanted, entry) {
      return change(wanted.id, ({ find, position }) => commitStep(find(wanted.id), wanted, entry, position.nowMs))
    },
    end(id, reason, entry) {
      return change(id, ({ find, position }) => endStep(find(id), reason, entry, position.nowMs))
    },
    endSubject(person, which, entry) {
      return transactions.write(subjectLoad(person, [], true), (answered) => {
        const loaded = loadedFrom(answered, clock)
        const step = endSubjectStep(person, loaded.siblingsOf(person), which, entry, loaded.position.nowMs)
        return planOf(step, loaded, [{ ...statements.raiseCutoff, values: [person.issuer, person.subject] }])
      })
    },
    endAll(entry) {
      return transactions.write([{ ...statements.readPlace, values: [] }], (answered) => {
        const loaded = loadedFrom(answered, clock)
        const more = [{ ...statements.beginReign, values: [loaded.position.nowMs] }]
        const { save, answer } = planOf(endAllStep(entry), loaded, more)
        return { save, answer: (saved) => ({ ...answer(saved), epoch: epochOf(saved[1]?.rows[0].epoch, answered.server) }) }
      })
    },
    exchange(id, shown, idleMs, reuse) {
      return change(id, ({ find, position }) => exchangeStep(find(id), shown, idleMs, reuse, position.nowMs))
    },
    async confirm(id, shown) {
      const seen = await read(statements.readSessions, [[id]])
      const asItIs = { ...seen.position, record: seen.find(id) }
      if (confirmStep(asItIs.record, shown, asItIs.nowMs).touched === null || !transactions.writable()) return asItIs
      try {
        return await change(id, ({ find, position }) => confirmStep(find(id), shown, position.nowMs))
      } catch (error) {
        // A read must not fail because its token cannot be marked as seen (rule 11).
        if (error instanceof SessionError) return asItIs
        throw error
      }
    },
    async listBySubject({ issuer, subject }) {
      return living(await read(statements.readSubject, [issuer, subject]))
    },
    async findByIdpSession(issuer, idpSession) {
      return living(await read(statements.readIdpSession, [issuer, idpSession]))
    },
    async changesSince(since, ofEpoch, heard) {
      // Committed before the look: whoever looks after a change that this look misses finds the readers noted.
      if (heard !== undefined) await transactions.read({ ...statements.hear, values: hearValues(heard) })
      const answered = await transactions.read({ ...statements.readChanges, values: [since] })
      const { position } = loadedFrom(answered, clock)
      const known = knownReaders(answered.rows[0].readers)
      if (!covers(position, since, ofEpoch)) return { ...position, kind: 'reset', ...known }
      return { ...position, kind: 'changes', ids: (answered.rows[0].ids as readonly string[]).map(decodeText), ...known }
    },
    async appendAudit(entry) {
      await transactions.write([{ ...statements.readPlace, values: [] }], (answered) =>
        planOf({ ...unchanged({}), audit: [lineWithoutVersion(entry)] }, loadedFrom(answered, clock)),
      )
    },
    async auditQuery({ afterSeq, idHash, limit }) {
      const values = [afterSeq, limit]
      const query =
        idHash === null ? { ...statements.readAudit, values } : { ...statements.readAuditOfSession, values: [...values, idHash] }
      const { rows } = await transactions.read(query)
      return (rows as readonly AuditRow[]).map(({ seq, atMs, record }) => auditRecord(JSON.parse(record), seq, atMs))
    },
    async sweep({ endedBeforeMs, auditBeforeMs, limit }) {
      const [sessions, audit] = await saveOnly([
        { ...statements.sweepSessions, values: [endedBeforeMs, limit] },
        { ...statements.sweepAudit, values: [auditBeforeMs, limit] },
      ])
      return { sessions: sessions?.count ?? 0, audit: audit?.count ?? 0 }
    },
    async signingKeys() {
      const { rows } = await transactions.read({ ...statements.readKeys, values: [] })
      return { revision: rows[0].revision, keys: JSON.parse(rows[0].keys) }
    },
    async saveSigningKeys(revision, keys) {
      const [saved] = await saveOnly([{ ...statements.saveKeys, values: [revision, JSON.stringify(keys)] }])
      return saved?.count === 1
    },
    async health() {
      const { position, endings } = await read(statements.readPlace, [])
      return { ...position, writable: transactions.writable(), endings }
    },
    async diagnose() {
      const { rows, server } = await transactions.read({ ...statements.readSettings, values: [] })
      return notesOf(rows[0], server)
    },
    close,
  }
}

interface AuditRow {
  readonly seq: number
  readonly atMs: number
  readonly record: string
}
