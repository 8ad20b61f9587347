import {
  confirms,
  decideExchange,
  type EndReason,
  endReasonOf,
  idleEnd,
  mayWrite,
  nextVersion,
  outlivesCutoff,
  recall,
  remember,
  type SubjectOf,
  visibleSignals,
} from '@single-state/core/protocol'
import type { AuditEntry } from '../audit/record.ts'
import { type Answer, lineOf, lineWithoutVersion, type Step, subjectName, unchanged } from './step.ts'
import type {
  Commit,
  CommitOutcome,
  CreateOutcome,
  EndOutcome,
  ExchangeOutcome,
  NewSession,
  SessionRecord,
  SessionsToEnd,
} from './store.ts'

// What every verb of a store means, without a store: records in, a step out. A store loads, applies and saves.

/** What a creation is judged against, read in the step that applies it. */
export interface CreateFacts {
  /** What is stored under the new id. */
  readonly existing: SessionRecord | null
  /** The count of subject endings at which this subject, or everybody, was last ended; 0 if never. */
  readonly cutoff: number
  /** The store's reign. */
  readonly reign: number
  /** The subject's sessions without a tombstone, oldest first; may be empty where the session has no limit. */
  readonly siblings: readonly SessionRecord[]
  /** The session that this one replaces. */
  readonly replaced: SessionRecord | null
}

/** Creates a session, and ends what it replaces and what is beyond the limit. */
export function createStep(session: NewSession, facts: CreateFacts, audit: AuditEntry, nowMs: number): Step<Answer<CreateOutcome>> {
  if (facts.existing !== null) throw new TypeError('create: expected a new id, found one that the store knows')
  if (!outlivesCutoff(session.endingsAtStart, facts.cutoff)) return unchanged({ kind: 'cutoff' })
  const overflow = overflowOf(session, facts.siblings, nowMs)
  if (overflow.length > 0 && session.limit?.onOverflow === 'deny') return unchanged({ kind: 'limit' })
  const replaced = endStep(facts.replaced, 'revoked', { ...audit, operation: 'end', paths: [], reason: 'session.replaced' }, nowMs)
  const beyond = overflow.map((record) =>
    endStep(record, 'revoked', { ...audit, operation: 'end', paths: [], reason: 'session.limit' }, nowMs),
  )
  const ends = [replaced, ...beyond]
  const ended = ends.flatMap(({ changed }) => changed)
  const record = firstRecord(session, facts.reign, nowMs)
  return {
    answer: { kind: 'created', record, ended: ended.map(({ id }) => id) },
    changed: [...ended, record],
    touched: null,
    audit: [...ends.flatMap((end) => end.audit), lineOf(audit, null, record)],
  }
}

/** The living sessions, oldest first, that have to go before one more may live. */
function overflowOf({ limit, replaces }: NewSession, siblings: readonly SessionRecord[], nowMs: number): readonly SessionRecord[] {
  if (limit === null) return []
  const living = siblings.filter((record) => record.id !== replaces && endReasonOf(record, nowMs) === null)
  return living.slice(0, Math.max(0, living.length + 1 - limit.max))
}

function firstRecord(session: NewSession, reign: number, nowMs: number): SessionRecord {
  const { id, idHash, issuer, subject, draw, contract, body, idpSession } = session
  const expiresAtMs = nowMs + session.absoluteMs
  return {
    id,
    idHash,
    reign,
    issuer,
    subject,
    version: nextVersion(0),
    draw,
    contract,
    body,
    signals: {},
    idpSession,
    createdAtMs: nowMs,
    expiresAtMs,
    idleAtMs: idleEnd(nowMs, session.idleMs, expiresAtMs),
    lastExchangeAtMs: nowMs,
    ended: null,
    endedAtMs: null,
    generation: 1,
    confirmedAtMs: null,
    writes: [],
  }
}

/** Applies a change, or says why not: over before repeat (rule 9), repeat before precondition (rule 4). */
export function commitStep(record: SessionRecord | null, change: Commit, audit: AuditEntry, nowMs: number): Step<Answer<CommitOutcome>> {
  if (record === null) return unchanged({ kind: 'absent' })
  const reason = endReasonOf(record, nowMs)
  if (reason !== null) return unchanged({ kind: 'ended', reason })
  const recalled = recall(record.writes, change.write ?? undefined)
  if (recalled.kind === 'foreign') return unchanged({ kind: 'key_reused' })
  if (recalled.kind === 'repeat') return unchanged({ kind: 'repeated', record })
  const isAsExpected = change.expected === null || mayWrite(record, change.expected)
  if (!isAsExpected || (change.basedOn ?? record.body) !== record.body) return unchanged({ kind: 'conflict', version: record.version })
  const next = committed(record, change, nowMs)
  return { answer: { kind: 'committed', record: next }, changed: [next], touched: null, audit: [lineOf(audit, record, next)] }
}

function committed(record: SessionRecord, change: Commit, nowMs: number): SessionRecord {
  const version = nextVersion(record.version)
  const signals = visibleSignals(record.signals, nowMs)
  const { signal } = change
  const shownFirst = change.shown !== null && confirms(record, change.shown)
  return {
    ...record,
    version,
    draw: change.draw,
    ...(change.body !== null && { body: change.body, contract: change.contract }),
    signals: signal === null ? signals : { ...signals, [signal.name]: { value: signal.value, expiresAtMs: nowMs + signal.ttlMs } },
    confirmedAtMs: shownFirst ? nowMs : record.confirmedAtMs,
    writes: change.write === null ? record.writes : remember(record.writes, { ...change.write, version }),
  }
}

/** Sets the tombstone, unless there is one (rule 9). */
export function endStep(record: SessionRecord | null, reason: EndReason, audit: AuditEntry, nowMs: number): Step<Answer<EndOutcome>> {
  if (record === null) return unchanged({ kind: 'absent' })
  if (record.ended !== null) return unchanged({ kind: 'already' })
  const over = endReasonOf(record, nowMs)
  const next: SessionRecord = { ...record, ended: over ?? reason, endedAtMs: nowMs }
  return { answer: { kind: over === null ? 'ended' : 'expired' }, changed: [next], touched: null, audit: [lineOf(audit, record, next)] }
}

/** Ends those sessions of a subject that are meant and have no tombstone. The store raises the cutoff beside it, whatever is in the list. */
export function endSubjectStep(
  person: SubjectOf,
  siblings: readonly SessionRecord[],
  which: SessionsToEnd,
  audit: AuditEntry,
  nowMs: number,
): Step<{ readonly ended: readonly string[] }> {
  const ends = siblings.filter((record) => isMeant(record, which)).map((record) => endStep(record, 'revoked', audit, nowMs))
  const alive = ends.filter(({ answer }) => answer.kind === 'ended').flatMap((end) => end.changed)
  return {
    answer: { ended: alive.map(({ id }) => id) },
    changed: ends.flatMap((end) => end.changed),
    touched: null,
    audit: [lineWithoutVersion({ ...audit, session: null, subject: subjectName(person) }), ...ends.flatMap((end) => end.audit)],
  }
}

function isMeant({ id, idpSession }: SessionRecord, which: SessionsToEnd): boolean {
  if (typeof which === 'string') return which === 'all'
  return 'except' in which ? id !== which.except : idpSession === which.idpSession
}

/** The record of the end of everybody; the store begins a new reign and a new epoch beside it. */
export function endAllStep(audit: AuditEntry): Step<object> {
  return { ...unchanged({}), audit: [lineWithoutVersion({ ...audit, session: null, subject: null })] }
}

/** Exchanges a token, or ends the session when the token was replaced long ago. */
export function exchangeStep(
  record: SessionRecord | null,
  shown: number,
  idleMs: number,
  reuse: AuditEntry,
  nowMs: number,
): Step<Answer<ExchangeOutcome>> {
  if (record === null) return unchanged({ kind: 'absent' })
  const reason = endReasonOf(record, nowMs)
  if (reason !== null) return unchanged({ kind: 'ended', reason })
  const kind = decideExchange(record, shown, nowMs)
  if (kind === 'reused') return { ...endStep(record, 'reused', reuse, nowMs), answer: { kind: 'reused' } }
  const active = { ...record, lastExchangeAtMs: nowMs, idleAtMs: idleEnd(nowMs, idleMs, record.expiresAtMs) }
  const next = kind === 'same' ? active : { ...active, generation: record.generation + 1, confirmedAtMs: null }
  return { answer: { kind, record: next }, changed: [], touched: next, audit: [] }
}

/** Confirms a generation that is shown for the first time. */
export function confirmStep(record: SessionRecord | null, shown: number, nowMs: number): Step<{ readonly record: SessionRecord | null }> {
  if (record === null || endReasonOf(record, nowMs) !== null || !confirms(record, shown)) return unchanged({ record })
  const next = { ...record, confirmedAtMs: nowMs }
  return { answer: { record: next }, changed: [], touched: next, audit: [] }
}

/** When a session was or will be over, if nothing more happens to it: what a sweep compares. */
export function overAtMs({ endedAtMs, expiresAtMs, idleAtMs }: SessionRecord): number {
  return Math.min(endedAtMs ?? idleAtMs, expiresAtMs, idleAtMs)
}
