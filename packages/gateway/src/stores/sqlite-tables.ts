import type { SubjectOf } from '@single-state/core/protocol'
import type Database from 'better-sqlite3'
import type { AuditRecord } from '../audit/record.ts'
import { keptChanges, logStart } from './change-log.ts'
import { type Reign, underReign } from './reign.ts'
import { type AuditLine, auditRecord } from './step.ts'
import type { SessionRecord, StoredKeys } from './store.ts'
import { overAtMs } from './transitions.ts'

/** A session as its row holds it. Columns are named after the record's members. */
type SessionRow = Omit<SessionRecord, 'signals' | 'writes'> & { readonly signals: string; readonly writes: string }

const columns = [
  'id',
  'idHash',
  'issuer',
  'subject',
  'reign',
  'version',
  'draw',
  'contract',
  'body',
  'signals',
  'idpSession',
  'createdAtMs',
  'expiresAtMs',
  'idleAtMs',
  'lastExchangeAtMs',
  'ended',
  'endedAtMs',
  'generation',
  'confirmedAtMs',
  'writes',
] as const satisfies readonly (keyof SessionRecord)[]

const list = columns.join(', ')
const values = columns.map((column) => `@${column}`).join(', ')
// Where a session came from and when never changes.
const updates = [...columns.slice(5), 'overAtMs'].map((column) => `${column} = excluded.${column}`).join(', ')

/** Prepares the statements of a store on an open database, once. None of them decides anything. */
export function createTables(database: Database.Database) {
  const counters = counterTable(database)
  return { ...counters, ...sessionTable(database, counters.reign), ...auditTable(database) }
}

function counterTable(database: Database.Database) {
  const position = database.prepare<[], { seq: number; epoch: string }>('SELECT seq, epoch FROM store')
  const endings = database.prepare<[], number>('SELECT endings FROM store').pluck()
  const raiseEndings = database.prepare<[], number>('UPDATE store SET endings = endings + 1 RETURNING endings').pluck()
  const cutoff = database.prepare<[string, string], number>('SELECT endings FROM cutoffs WHERE issuer = ? AND subject = ?').pluck()
  const setCutoff = database.prepare('INSERT OR REPLACE INTO cutoffs VALUES (?, ?, ?)')
  const reign = database.prepare<[], Reign>('SELECT reign, reignSinceMs AS sinceMs FROM store')
  const setReign = database.prepare('UPDATE store SET reign = endings, reignSinceMs = ?, epoch = lower(hex(randomblob(12)))')
  const keys = database.prepare<[], { revision: number; keys: string }>('SELECT keysRevision AS revision, keys FROM store')
  const setKeys = database.prepare('UPDATE store SET keysRevision = keysRevision + 1, keys = ? WHERE keysRevision = ?')
  const touch = database.prepare('UPDATE store SET seq = seq')
  return {
    position: () => known(position.get()),
    endings: () => known(endings.get()),
    cutoffOf: ({ issuer, subject }: SubjectOf) => cutoff.get(issuer, subject) ?? 0,
    raiseCutoff: ({ issuer, subject }: SubjectOf) => setCutoff.run(issuer, subject, raiseEndings.get()),
    reign: () => known(reign.get()),
    /** A new reign: the endings count one more, the epoch is another. */
    beginReign: (nowMs: number) => {
      raiseEndings.get()
      setReign.run(nowMs)
    },
    keys: (): StoredKeys => {
      const row = known(keys.get())
      return { revision: row.revision, keys: JSON.parse(row.keys) }
    },
    replaceKeys: (revision: number, texts: readonly string[]) => setKeys.run(JSON.stringify(texts), revision).changes === 1,
    /** Writes and changes nothing: proves that a write is possible. */
    touch: () => touch.run(),
  }
}

function sessionTable(database: Database.Database, reign: () => Reign) {
  const one = database.prepare<[string], SessionRow>(`SELECT ${list} FROM sessions WHERE id = ?`)
  const ofSubject = database.prepare<[string, string], SessionRow>(
    `SELECT ${list} FROM sessions WHERE issuer = ? AND subject = ? AND ended IS NULL ORDER BY rowid`,
  )
  const ofIdpSession = database.prepare<[string, string], SessionRow>(
    `SELECT ${list} FROM sessions WHERE issuer = ? AND idpSession = ? AND ended IS NULL ORDER BY rowid`,
  )
  const save = database.prepare(
    `INSERT INTO sessions (${list}, overAtMs) VALUES (${values}, @overAtMs) ON CONFLICT (id) DO UPDATE SET ${updates}`,
  )
  const sweep = database.prepare(
    'DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE overAtMs < ? ORDER BY overAtMs, rowid LIMIT ?)',
  )
  const count = database.prepare<[], number>('UPDATE store SET seq = seq + 1 RETURNING seq').pluck()
  const log = database.prepare('INSERT INTO changes VALUES (?, ?)')
  const trim = database.prepare('DELETE FROM changes WHERE seq <= ?')
  const changed = database.prepare<[number, number], string>('SELECT id FROM changes WHERE seq > ? ORDER BY seq LIMIT ?').pluck()
  const asOfNow = (rows: readonly SessionRow[]) => {
    const now = reign()
    return rows.map((row) => underReign(recordOf(row), now))
  }
  return {
    session: (id: string, now = reign()) => {
      const row = one.get(id)
      return row === undefined ? null : underReign(recordOf(row), now)
    },
    sessionsOf: ({ issuer, subject }: SubjectOf) => asOfNow(ofSubject.all(issuer, subject)),
    sessionsOfIdp: (issuer: string, idpSession: string) => asOfNow(ofIdpSession.all(issuer, idpSession)),
    saveSession: (record: SessionRecord) => save.run(rowOf(record)),
    sweepSessions: (beforeMs: number, limit: number) => sweep.run(beforeMs, limit).changes,
    logChange: (id: string) => {
      const seq = known(count.get())
      log.run(seq, id)
      trim.run(logStart(seq))
    },
    changedAfter: (since: number) => changed.all(since, keptChanges),
  }
}

function auditTable(database: Database.Database) {
  const count = database.prepare<[], number>('UPDATE store SET auditSeq = auditSeq + 1 RETURNING auditSeq').pluck()
  const append = database.prepare('INSERT INTO audit VALUES (?, ?, ?, ?)')
  const all = database.prepare<[number, number], string>('SELECT record FROM audit WHERE seq > ? ORDER BY seq LIMIT ?').pluck()
  const ofSession = database
    .prepare<[string, number, number], string>('SELECT record FROM audit WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?')
    .pluck()
  // Only from the oldest end: whatever the clock did, what is left has no gap.
  const sweep = database.prepare(`
    WITH oldest AS (SELECT seq, atMs FROM audit ORDER BY seq LIMIT @limit)
    DELETE FROM audit WHERE seq IN (
      SELECT seq FROM oldest WHERE seq < coalesce((SELECT min(seq) FROM oldest WHERE atMs >= @beforeMs), 9223372036854775807)
    )`)
  return {
    appendAudit: (line: AuditLine, nowMs: number) => {
      const record = auditRecord(line, known(count.get()), nowMs)
      append.run(record.seq, nowMs, record.session, JSON.stringify(record))
    },
    auditAfter: (seq: number, idHash: string | null, limit: number): readonly AuditRecord[] => {
      const texts = idHash === null ? all.all(seq, limit) : ofSession.all(idHash, seq, limit)
      return texts.map((text) => JSON.parse(text))
    },
    sweepAudit: (beforeMs: number, limit: number) => sweep.run({ beforeMs, limit }).changes,
  }
}

function recordOf(row: SessionRow): SessionRecord {
  // The row is nobody else's: a copy of its twenty members would cost a tenth of the read.
  return Object.assign(row, { signals: JSON.parse(row.signals), writes: JSON.parse(row.writes) })
}

function rowOf(record: SessionRecord): SessionRow & { readonly overAtMs: number } {
  return { ...record, signals: JSON.stringify(record.signals), writes: JSON.stringify(record.writes), overAtMs: overAtMs(record) }
}

/** The one row of `store` is made with the file. */
function known<Value>(row: Value | undefined): Value {
  if (row === undefined) throw new TypeError('sqlite: the store row is missing')
  return row
}
