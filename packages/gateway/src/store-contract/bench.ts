import { strict as assert } from 'node:assert'
import type { AuditEntry, AuditRecord } from '../audit/record.ts'
import type { Commit, NewSession, SessionRecord, SessionStore } from '../stores/store.ts'

/** What one scenario works with: an empty store and the clock that it was opened on. */
export interface Bench {
  readonly store: SessionStore
  readonly clock: BenchClock
  readonly racers: number
  readonly rounds: number
}

/** A clock that only moves when a scenario says so; it may be set back. */
export interface BenchClock {
  now(): number
  advance(ms: number): void
}

/** One scenario of the suite: a title and what happens. */
export type Scenario = (title: string, body: (bench: Bench) => Promise<void>) => void

export const minuteMs = 60_000
export const idleMs = 30 * minuteMs
export const absoluteMs = 12 * 60 * minuteMs

export const ada = { issuer: 'https://login.example.com', subject: 'ada' }
export const bob = { issuer: 'https://login.example.com', subject: 'bob' }

export function createClock(): BenchClock {
  let nowMs = Date.UTC(2030, 0, 1)
  return {
    now: () => nowMs,
    advance: (ms) => {
      nowMs += ms
    },
  }
}

/** A session to create, of ada, called `id`. */
export function newSession(id: string, given: Partial<NewSession> = {}): NewSession {
  return {
    id,
    idHash: `hash of ${id}`,
    ...ada,
    draw: 'draw0001',
    contract: 3,
    body: `body of ${id}`,
    idpSession: null,
    idleMs,
    absoluteMs,
    endingsAtStart: 0,
    limit: null,
    replaces: null,
    ...given,
  }
}

/** A change of a session that is based on its record as given. */
export function changeOf({ id, version, draw }: SessionRecord, given: Partial<Commit> = {}): Commit {
  return {
    id,
    expected: { version, draw },
    draw: `draw${String(version + 1).padStart(4, '0')}`,
    contract: 3,
    shown: null,
    body: `body at ${version + 1}`,
    signal: null,
    write: null,
    ...given,
  }
}

/** A signal has no precondition and leaves the body. */
export function signalOf(record: SessionRecord, name: string, value: unknown, ttlMs: number): Commit {
  return changeOf(record, { expected: null, body: null, signal: { name, value, ttlMs } })
}

/** What the gateway says of an operation. */
export function entryOf(operation: AuditEntry['operation'], given: Partial<AuditEntry> = {}): AuditEntry {
  return {
    application: 'portal',
    actor: 'https://login.example.com ada',
    operation,
    paths: [],
    reason: `test.${operation}`,
    traceId: null,
    outcome: 'committed',
    session: null,
    subject: null,
    ...given,
  }
}

/** Creates a session and answers its record. */
export async function created(store: SessionStore, id: string, given: Partial<NewSession> = {}): Promise<SessionRecord> {
  return kind(await store.create(newSession(id, given), entryOf('create')), 'created').record
}

/** Applies a change to a session as it is now and answers its record. */
export async function committed(store: SessionStore, id: string, given: Partial<Commit> = {}): Promise<SessionRecord> {
  return kind(await store.commit(changeOf(await stored(store, id), given), entryOf('update')), 'committed').record
}

/** The record that a store holds. */
export async function stored(store: SessionStore, id: string): Promise<SessionRecord> {
  const { records } = await store.read([id])
  const record = records[0] ?? null
  assert.ok(record, `the store knows ${id}`)
  return record
}

/** Ids of the living sessions of a person. */
export async function livingOf(store: SessionStore, person = ada): Promise<readonly string[]> {
  const { records } = await store.listBySubject(person)
  return records.map(({ id }) => id)
}

/** The whole audit, or that of one session. */
export function auditOf(store: SessionStore, idHash: string | null = null): Promise<readonly AuditRecord[]> {
  return store.auditQuery({ afterSeq: 0, idHash, limit: 100_000 })
}

/** Where the store stands, without its time. */
export async function placeOf(store: SessionStore): Promise<{ readonly seq: number; readonly epoch: string }> {
  const { seq, epoch } = await store.health()
  return { seq, epoch }
}

type OfKind<Outcome, Kind> = Outcome extends { readonly kind: infer Kinds } ? (Kind extends Kinds ? Outcome : never) : never

/** The outcome, when it is of the expected kind. */
export function kind<Outcome extends { readonly kind: string }, Kind extends Outcome['kind']>(
  outcome: Outcome,
  expected: Kind,
): OfKind<Outcome, Kind> {
  assert.equal(outcome.kind, expected)
  return outcome as unknown as OfKind<Outcome, Kind>
}

/** Runs the same call many times at once. */
export function together<Result>(times: number, call: (index: number) => Promise<Result>): Promise<readonly Result[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => call(index)))
}
