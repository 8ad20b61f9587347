import { createHash } from 'node:crypto'
import type { SubjectOf } from '@single-state/core/protocol'
import type { Reign } from '../reign.ts'
import type { Position, SessionRecord } from '../store.ts'
import { recordOf, type SessionRow } from './rows.ts'
import type { Answered, Rows } from './transactions.ts'

/** What one statement saw: where the store stood, and sessions. */
export interface Loaded {
  readonly position: Position
  readonly endings: number
  readonly reign: Reign
  /** In the order of the answer. */
  readonly records: readonly SessionRecord[]
  find(id: string | null): SessionRecord | null
  /** Sessions of a person without a tombstone, oldest first. */
  siblingsOf(person: SubjectOf): readonly SessionRecord[]
}

/** Reads an answer whose rows each carry the store's place and perhaps a session. */
export function loadedFrom({ rows, server }: Answered, clock: (() => number) | null): Loaded {
  const [first] = rows
  if (first === undefined) throw new TypeError('postgres: the store row is missing')
  const reign: Reign = { reign: first.storeReign, sinceMs: first.storeReignSinceMs }
  const found = rows.filter(({ id }) => id !== null && id !== undefined) as readonly SessionRow[]
  const records = found.map((row) => recordOf(row, reign))
  const byId = new Map(records.map((record) => [record.id, record]))
  const createdSeq = new Map(found.map((row) => [row.id, row.createdSeq]))
  return {
    // Rows are fetched, and locked, one after the other: the last clock is the one that was read behind every lock.
    position: { seq: first.seq, epoch: epochOf(first.epoch, server), nowMs: clock?.() ?? latest(rows) },
    endings: first.endings,
    reign,
    records,
    find: (id) => (id === null ? null : (byId.get(id) ?? null)),
    siblingsOf: (person) =>
      records
        .filter((record) => record.ended === null && record.issuer === person.issuer && record.subject === person.subject)
        .sort((one, other) => (createdSeq.get(one.id) ?? 0) - (createdSeq.get(other.id) ?? 0)),
  }
}

function latest(rows: Rows): number {
  return rows.reduce((latestMs, { nowMs }) => Math.max(latestMs, nowMs), 0)
}

/** The epoch of a store on a server: another one after a promotion, a restore, or the end of everybody. */
export function epochOf(stored: string, server: string): string {
  return server === '' ? stored : `${stored}.${server}`
}

/** Locks a person until the transaction ends, as a number: two people who share one by chance wait for each other, no more. */
export function lockOf({ issuer, subject }: SubjectOf, schema: string): string {
  return createHash('sha256')
    .update(JSON.stringify([schema, issuer, subject]))
    .digest()
    .readBigInt64BE(0)
    .toString()
}
