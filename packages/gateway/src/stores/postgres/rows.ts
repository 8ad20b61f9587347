import { type Reign, underReign } from '../reign.ts'
import type { SessionRecord } from '../store.ts'
import { overAtMs } from '../transitions.ts'

/** Types of the columns that hold a session, by the member of the record. */
const types = {
  id: 'text',
  idHash: 'text',
  issuer: 'text',
  subject: 'text',
  reign: 'bigint',
  version: 'bigint',
  draw: 'text',
  contract: 'bigint',
  body: 'text',
  signals: 'text',
  idpSession: 'text',
  createdAtMs: 'bigint',
  expiresAtMs: 'bigint',
  idleAtMs: 'bigint',
  lastExchangeAtMs: 'bigint',
  ended: 'text',
  endedAtMs: 'bigint',
  generation: 'bigint',
  confirmedAtMs: 'bigint',
  writes: 'text',
} as const satisfies Record<keyof SessionRecord, string>

type Member = keyof typeof types

const members = Object.keys(types) as readonly Member[]
const saved = [...members, 'overAtMs'] as const
// Where a session came from and when never changes.
const changing = saved.filter((member) => !['id', 'idHash', 'issuer', 'subject', 'reign', 'idpSession', 'createdAtMs'].includes(member))

const columnOf = (member: string) => member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Columns of `sessions` under the names of the record's members. */
export const selected = [
  ...members.map((member) => `sessions.${columnOf(member)} AS "${member}"`),
  'sessions.created_seq AS "createdSeq"',
].join(', ')
/** The columns that a new session fills, and their values in a `given` record set. */
export const insertedColumns = saved.map(columnOf).join(', ')
export const insertedValues = saved.map((member) => `given."${member}"`).join(', ')
/** Assignments of all that may change, from a `given` record set. */
export const assignments = changing.map((member) => `${columnOf(member)} = given."${member}"`).join(', ')
/** The definition of a `given` record set. */
export const givenColumns = [...members.map((member) => `"${member}" ${types[member]}`), '"overAtMs" bigint'].join(', ')

/** A session as a row of an answer holds it, beside the store's own columns; null where there was none. */
export type SessionRow = { readonly [Key in Member]: Key extends 'signals' | 'writes' ? string : SessionRecord[Key] } & {
  /** The count of changes at which it was created: the order of creation. */
  readonly createdSeq: number
}

/** A session as it reads under the store's reign. */
export function recordOf(row: SessionRow, reign: Reign): SessionRecord {
  const record = Object.fromEntries(members.map((member) => [member, row[member]])) as unknown as SessionRecord
  return underReign({ ...record, signals: JSON.parse(row.signals), writes: JSON.parse(row.writes) }, reign)
}

/** A session as `save` takes it. */
export function givenOf(record: SessionRecord) {
  return { ...record, signals: JSON.stringify(record.signals), writes: JSON.stringify(record.writes), overAtMs: overAtMs(record) }
}
