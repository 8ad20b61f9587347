import { sessions } from './migrations/0001-sessions.ts'
import { besideAnotherStore } from './migrations/0002-beside-another-store.ts'
import { readers } from './migrations/0003-readers.ts'
import { auditSinkKey } from './migrations/0004-audit-sink-key.ts'

/** One step of the schema. */
export interface Migration {
  /** From 1, without a gap: the schema that it leads to. */
  readonly number: number
  readonly name: string
  readonly sql: string
}

/**
 * The steps from an empty schema to the tables of today. A step that has been released is never edited: a change is a new
 * file. Gateways of the release before keep running while one is applied, so it leaves what they use as it is.
 * Step 4 is the exception: a sink of before waits for its successor, which passes on what is missing.
 */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'sessions', sql: sessions },
  { number: 2, name: 'beside-another-store', sql: besideAnotherStore },
  { number: 3, name: 'readers', sql: readers },
  { number: 4, name: 'audit-sink-key', sql: auditSinkKey },
]
