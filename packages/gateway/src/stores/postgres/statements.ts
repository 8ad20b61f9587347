import { keptChanges } from '../change-log.ts'
import { assignments, givenColumns, insertedColumns, insertedValues, selected } from './rows.ts'

// Every statement has a name: its plan is made once for each connection.

/**
 * 500 ms, as the driver calls it: nobody waits longer for a read. A connection that is silent must not be kept from the reads
 * that come after the store's return.
 */
const read = { query_timeout: 500 } as const

const nowMs = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS "nowMs"'
const place = `store.seq, store.epoch, store.endings, store.reign AS "storeReign", store.reign_since_ms AS "storeReignSinceMs", ${nowMs}`
const selectPlace = `SELECT ${place}`

/** Where the store stands. */
export const readPlace = { name: 'place', text: `${selectPlace} FROM store` }

/** Sessions by id, in no order. One statement sees one moment: position and records belong together. */
export const readSessions = {
  ...read,
  name: 'sessions',
  text: `${selectPlace}, ${selected} FROM store LEFT JOIN sessions ON sessions.id = ANY($1)`,
}

export const readSubject = {
  name: 'subject',
  text: `${selectPlace}, ${selected} FROM store
    LEFT JOIN sessions ON sessions.issuer = $1 AND sessions.subject = $2 AND sessions.ended IS NULL ORDER BY sessions.created_seq`,
}

export const readIdpSession = {
  name: 'idp_session',
  text: `${selectPlace}, ${selected} FROM store
    LEFT JOIN sessions ON sessions.issuer = $1 AND sessions.idp_session = $2 AND sessions.ended IS NULL ORDER BY sessions.created_seq`,
}

/**
 * Sessions by id, locked until the transaction ends. The clock is read after the locks: in a row of the join, which the
 * locked row was fetched for.
 */
export const lockSessions = {
  name: 'lock_sessions',
  text: `WITH sessions AS MATERIALIZED (SELECT * FROM sessions WHERE id = ANY($1) ORDER BY id FOR UPDATE)
    ${selectPlace}, ${selected} FROM store LEFT JOIN sessions ON true`,
}

/**
 * The same with the subject's sessions where `$4` asks for them, and its cutoff. Locks in the order of ids, like everybody.
 * The subject itself is locked before, in a statement of its own: this one has to see what was committed until then.
 */
export const lockSubject = {
  name: 'lock_subject',
  text: `WITH sessions AS MATERIALIZED (
      SELECT * FROM sessions WHERE id = ANY($1) OR ($4 AND issuer = $2 AND subject = $3 AND ended IS NULL) ORDER BY id FOR UPDATE
    )
    ${selectPlace}, coalesce(cutoffs.endings, 0) AS cutoff, ${selected}
    FROM store LEFT JOIN cutoffs ON cutoffs.issuer = $2 AND cutoffs.subject = $3 LEFT JOIN sessions ON true`,
}

/** A number of the subject, locked until the transaction ends. */
export const lockPerson = { name: 'lock_person', text: 'SELECT pg_advisory_xact_lock($1)' }

/** Rows beyond those that are kept are dropped a thousand at a time: at each change, the same dead rows would be read again. */
const trimmedAtOnce = 1_000

/**
 * Saves a step: sessions `$1`, audit lines `$2`, their numbers `$3` and `$4`, of the reign `$5`, at `$6`.
 *
 * The counters are raised in the same statement, never by a sequence: a number from a sequence can be committed after a
 * higher one, and a reader that has seen the higher one never sees it. A store that is no longer as it was loaded (another
 * reign, another version) is a division by zero, which undoes everything.
 */
export const save = {
  name: 'save',
  text: `WITH counter AS (
      UPDATE store SET seq = seq + $3, audit_seq = audit_seq + $4 WHERE reign = $5 RETURNING seq, audit_seq
    ),
    given AS MATERIALIZED (SELECT * FROM json_to_recordset($1) AS given (place bigint, base bigint, ${givenColumns})),
    updated AS (
      UPDATE sessions SET ${assignments} FROM given
      WHERE given.base > 0 AND sessions.id = given.id AND sessions.version = given.base AND sessions.ended IS NULL RETURNING 1
    ),
    inserted AS (
      INSERT INTO sessions (${insertedColumns}, created_seq) SELECT ${insertedValues}, counter.seq - $3 + given.place
      FROM given, counter WHERE given.base = 0 RETURNING 1
    ),
    logged AS (INSERT INTO changes (seq, id) SELECT counter.seq - $3 + given.place, given.id FROM given, counter),
    trimmed AS (
      DELETE FROM changes USING counter
      WHERE changes.seq <= counter.seq - ${keptChanges} AND counter.seq / ${trimmedAtOnce} <> (counter.seq - $3) / ${trimmedAtOnce}
    ),
    recorded AS (
      INSERT INTO audit (seq, at_ms, session, record) SELECT counter.audit_seq - $4 + line.place, $6, line.session, line.record
      FROM json_to_recordset($2) AS line (place bigint, session text, record text), counter
    )
    SELECT counter.seq,
      1 / coalesce(counter.seq IS NOT NULL AND (SELECT count(*) FROM updated) + (SELECT count(*) FROM inserted) = $3, false)::int AS whole
    FROM (SELECT 1) AS one LEFT JOIN counter ON true`,
}

/** Saves what an exchange or a first showing moves. Guarded like `save`. */
export const touch = {
  name: 'touch',
  text: `WITH updated AS (
      UPDATE sessions SET idle_at_ms = $3, last_exchange_at_ms = $4, generation = $5, confirmed_at_ms = $6, over_at_ms = $7
      WHERE id = $1 AND version = $2 AND ended IS NULL AND (SELECT reign FROM store) = $8 RETURNING 1
    )
    SELECT 1 / (SELECT count(*) FROM updated) AS whole`,
}

/** Counts one more ending, after `save`, and sets the subject's cutoff to it. */
export const raiseCutoff = {
  name: 'raise_cutoff',
  text: `WITH counter AS (UPDATE store SET endings = endings + 1 RETURNING endings)
    INSERT INTO cutoffs (issuer, subject, endings) SELECT $1, $2, endings FROM counter
    ON CONFLICT (issuer, subject) DO UPDATE SET endings = excluded.endings`,
}

/** Begins a new reign, after `save`. */
export const beginReign = {
  name: 'begin_reign',
  text: `UPDATE store SET endings = endings + 1, reign = endings + 1, reign_since_ms = $1, epoch = replace(gen_random_uuid()::text, '-', '')
    RETURNING epoch`,
}

/**
 * Notes readers, `$3` to `$5` with the mark `$6`, after those were forgotten that are `$1` with the marks `$2`. A statement of
 * its own, committed before anybody looks at the changes. The empty name, its mark drawn once, is the registry.
 */
export const hear = {
  ...read,
  name: 'hear',
  text: `WITH forgotten AS (
      DELETE FROM readers USING unnest($1::text[], $2::text[]) AS silent (process, mark)
      WHERE readers.process = silent.process AND readers.mark = silent.mark AND NOT readers.process = ANY($3)
    ),
    registry AS (INSERT INTO readers VALUES ('', '', 0, gen_random_uuid()::text) ON CONFLICT DO NOTHING)
    INSERT INTO readers (process, epoch, seq, mark)
    SELECT heard.process, heard.epoch, heard.seq, $6 FROM unnest($3::text[], $4::text[], $5::bigint[]) AS heard (process, epoch, seq)
    ORDER BY heard.process
    ON CONFLICT (process) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, mark = excluded.mark`,
}

/** The ids of the changes after `$1`, oldest first, in one text each; none where the log does not reach so far. And every reader. */
export const readChanges = {
  ...read,
  name: 'changes',
  text: `${selectPlace}, (
      SELECT coalesce(json_agg(changes.id ORDER BY changes.seq), '[]') FROM changes
      WHERE changes.seq > $1 AND $1 >= store.seq - ${keptChanges}
    ) AS ids, (SELECT coalesce(json_agg(readers), '[]') FROM readers) AS readers FROM store`,
}

export const readAudit = {
  name: 'audit',
  text: 'SELECT seq, at_ms AS "atMs", record FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2',
}

export const readAuditOfSession = {
  name: 'audit_of_session',
  text: 'SELECT seq, at_ms AS "atMs", record FROM audit WHERE seq > $1 AND session = $3 ORDER BY seq LIMIT $2',
}

export const sweepSessions = {
  name: 'sweep_sessions',
  text: 'DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE over_at_ms < $1 ORDER BY over_at_ms, created_seq LIMIT $2 FOR UPDATE SKIP LOCKED)',
}

/** Only from the oldest end: whatever the clock did, what is left has no gap. */
export const sweepAudit = {
  name: 'sweep_audit',
  text: `WITH oldest AS (SELECT seq, at_ms FROM audit ORDER BY seq LIMIT $2)
    DELETE FROM audit WHERE seq IN (
      SELECT seq FROM oldest WHERE seq < coalesce((SELECT min(seq) FROM oldest WHERE at_ms >= $1), 9223372036854775807)
    )`,
}

export const readKeys = { name: 'keys', text: 'SELECT revision, keys FROM signing_keys' }

export const saveKeys = { name: 'save_keys', text: 'UPDATE signing_keys SET revision = revision + 1, keys = $2 WHERE revision = $1' }

/** Writes and changes nothing: proves that a write is possible. */
export const probe = { name: 'probe', text: 'UPDATE store SET seq = seq' }

export const readSettings = {
  name: 'settings',
  text: `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
    current_setting('synchronous_commit') AS wait, current_setting('synchronous_standby_names') AS standbys,
    (SELECT count(*) FROM pg_stat_replication) AS connected, (SELECT coalesce(max(number), 0) FROM migrations) AS schema`,
}

/** Numbers have to be visible in their order, so one is given at a time; reads go on. */
export const lockJournal = { name: 'lock_journal', text: 'LOCK TABLE ends_journal IN EXCLUSIVE MODE' }

export const appendEnd = {
  name: 'append_end',
  text: 'INSERT INTO ends_journal (number, entry) SELECT coalesce(max(number), 0) + 1, $1 FROM ends_journal',
}

/** 90 days: longer than any session lives, and as long as any backup is worth restoring. */
export const trimEnds = {
  name: 'trim_ends',
  text: `DELETE FROM ends_journal WHERE number IN (SELECT number FROM ends_journal ORDER BY number LIMIT 100)
    AND at < now() - interval '90 days'`,
}

export const readEnds = { name: 'ends', text: 'SELECT number, entry FROM ends_journal WHERE number > $1 ORDER BY number LIMIT 1000' }

/** A record that comes again has its sequence and its time; a store that was restored uses sequences again. */
export const sinkAudit = {
  name: 'sink_audit',
  text: `INSERT INTO audit_sink (seq, at, session, record) SELECT line.seq, line.at, line.session, line.record
    FROM json_to_recordset($1) AS line (seq bigint, at timestamptz, session text, record text) ON CONFLICT (at, seq) DO NOTHING`,
}

/** By time: after a restore the highest sequence may be one that was lost. */
export const lastSunk = { name: 'last_sunk', text: 'SELECT record FROM audit_sink ORDER BY at DESC, seq DESC LIMIT 1' }
