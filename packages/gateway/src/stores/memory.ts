import { randomBytes } from 'node:crypto'
import { endReasonOf, SessionError, type SubjectOf } from '@single-state/core/protocol'
import type { AuditRecord } from '../audit/record.ts'
import { covers, keptChanges } from './change-log.ts'
import { createReaderTable } from './reader-table.ts'
import { type Reign, underReign } from './reign.ts'
import { auditRecord, lineWithoutVersion, type Step } from './step.ts'
import type { Position, SessionRecord, SessionStore, StoredKeys } from './store.ts'
import { commitStep, confirmStep, createStep, endAllStep, endStep, endSubjectStep, exchangeStep, overAtMs } from './transitions.ts'

/** How a memory store is made. */
export interface MemoryStoreOptions {
  /** The store's clock, milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number
}

/**
 * A store that lives and dies with the process: for tests, and the reference for what the others mean.
 *
 * No verb awaits between reading and writing, so each is one atomic step. What goes in and out is copied: nobody holds a
 * part of the store.
 */
export function memoryStore({ clock = Date.now }: MemoryStoreOptions = {}): SessionStore {
  let epoch = newEpoch()
  const sessions = new Map<string, SessionRecord>()
  const cutoffs = new Map<string, number>()
  const changes: string[] = []
  const audit: AuditRecord[] = []
  const readerTable = createReaderTable()
  let keys: StoredKeys = { revision: 0, keys: [] }
  let seq = 0
  let auditSeq = 0
  let endings = 0
  let reign: Reign = { reign: 0, sinceMs: 0 }
  let closed = false

  const select = (where: (record: SessionRecord) => boolean) =>
    [...sessions.values()].map((record) => underReign(record, reign)).filter(where)
  const sessionsOf = (person: SubjectOf) => select((record) => record.ended === null && keyOf(record) === keyOf(person))

  function load(id: string | null): SessionRecord | null {
    const record = id === null ? undefined : sessions.get(id)
    return record === undefined ? null : underReign(record, reign)
  }

  function now(): number {
    if (closed) throw new SessionError('store_unavailable', 'memory: the store is closed')
    return clock()
  }

  function answer<Outcome>(outcome: Outcome, nowMs: number): Position & Outcome {
    return structuredClone({ seq, epoch, nowMs, ...outcome })
  }

  function apply<Outcome>(step: Step<Outcome>, nowMs: number): Position & Outcome {
    for (const record of step.changed) {
      sessions.set(record.id, structuredClone(record))
      seq += 1
      changes.push(record.id)
      if (changes.length > keptChanges) changes.shift()
    }
    if (step.touched) sessions.set(step.touched.id, step.touched)
    for (const line of step.audit) audit.push(structuredClone(auditRecord(line, ++auditSeq, nowMs)))
    return answer(step.answer, nowMs)
  }

  return {
    name: 'memory',
    durability: 'memory',

    async create(session, entry) {
      const nowMs = now()
      const facts = {
        existing: load(session.id),
        cutoff: Math.max(cutoffs.get(keyOf(session)) ?? 0, reign.reign),
        reign: reign.reign,
        siblings: session.limit === null ? [] : sessionsOf(session),
        replaced: load(session.replaces),
      }
      return apply(createStep(session, facts, entry, nowMs), nowMs)
    },
    async read(ids) {
      return answer({ records: ids.map(load) }, now())
    },
    async commit(change, entry) {
      const nowMs = now()
      return apply(commitStep(load(change.id), change, entry, nowMs), nowMs)
    },
    async end(id, reason, entry) {
      const nowMs = now()
      return apply(endStep(load(id), reason, entry, nowMs), nowMs)
    },
    async endSubject(person, which, entry) {
      const nowMs = now()
      endings += 1
      cutoffs.set(keyOf(person), endings)
      return apply(endSubjectStep(person, sessionsOf(person), which, entry, nowMs), nowMs)
    },
    async endAll(entry) {
      const nowMs = now()
      endings += 1
      reign = { reign: endings, sinceMs: nowMs }
      epoch = newEpoch()
      return apply(endAllStep(entry), nowMs)
    },
    async exchange(id, shown, idleMs, reuse) {
      const nowMs = now()
      return apply(exchangeStep(load(id), shown, idleMs, reuse, nowMs), nowMs)
    },
    async confirm(id, shown) {
      const nowMs = now()
      return apply(confirmStep(load(id), shown, nowMs), nowMs)
    },
    async listBySubject(person) {
      const nowMs = now()
      return answer({ records: sessionsOf(person).filter((record) => endReasonOf(record, nowMs) === null) }, nowMs)
    },
    async findByIdpSession(issuer, idpSession) {
      const nowMs = now()
      const isOne = (record: SessionRecord) => record.issuer === issuer && record.idpSession === idpSession
      return answer({ records: select((record) => isOne(record) && endReasonOf(record, nowMs) === null) }, nowMs)
    },
    async changesSince(since, ofEpoch, heard) {
      const nowMs = now()
      const known = readerTable.hear(heard)
      if (!covers({ seq, epoch }, since, ofEpoch)) return answer({ kind: 'reset' as const, ...known }, nowMs)
      const ids = since === seq ? [] : changes.slice(since - seq)
      return answer({ kind: 'changes' as const, ids, ...known }, nowMs)
    },
    async appendAudit(entry) {
      const nowMs = now()
      apply({ answer: {}, changed: [], touched: null, audit: [lineWithoutVersion(entry)] }, nowMs)
    },
    async auditQuery({ afterSeq, idHash, limit }) {
      now()
      const isAsked = (record: AuditRecord) => record.seq > afterSeq && (idHash === null || record.session === idHash)
      return structuredClone(audit.filter(isAsked).slice(0, limit))
    },
    async sweep({ endedBeforeMs, auditBeforeMs, limit }) {
      now()
      const over = [...sessions.values()]
        .filter((record) => overAtMs(record) < endedBeforeMs)
        .sort((one, other) => overAtMs(one) - overAtMs(other))
      const swept = over.slice(0, limit)
      for (const { id } of swept) sessions.delete(id)
      const firstKept = audit.findIndex(({ at }) => Date.parse(at) >= auditBeforeMs)
      const old = Math.min(firstKept === -1 ? audit.length : firstKept, limit)
      audit.splice(0, old)
      return { sessions: swept.length, audit: old }
    },
    async signingKeys() {
      now()
      return structuredClone(keys)
    },
    async saveSigningKeys(revision, replacement) {
      now()
      if (revision !== keys.revision) return false
      keys = { revision: revision + 1, keys: [...replacement] }
      return true
    },
    async health() {
      return answer({ writable: true, endings }, now())
    },
    async diagnose() {
      now()
      const fix = 'for more than tests take sqlite, redis or postgres'
      return [{ level: 'warn', found: 'every session ends with this process', fix }]
    },
    async close() {
      closed = true
    },
  }
}

function newEpoch(): string {
  return randomBytes(12).toString('hex')
}

/** Issuer and subject as one key; no choice of either makes it another's. */
function keyOf({ issuer, subject }: SubjectOf): string {
  return JSON.stringify([issuer, subject])
}
