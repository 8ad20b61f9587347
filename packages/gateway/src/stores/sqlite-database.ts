import { closeSync, openSync } from 'node:fs'
import { SessionError } from '@single-state/core/protocol'
import Database from 'better-sqlite3'
import { migrations } from './sqlite-migrations.ts'

/** Marks a file as ours ("SSTA"), so that another program's database is not taken for one to migrate. */
const applicationId = 0x53535441

/** 500 ms: long enough for a predecessor that is just closing, short enough for a start that has to say no. */
const busyMs = 500

/**
 * Opens the file of a store, alone.
 *
 * The exclusive lock is the operating system's and dies with the process, however it dies: no lock file has to be judged
 * stale after a kill. It is held from the first read until `close`.
 *
 * @throws SessionError `store_unavailable` when the file is in use, of a newer release, of another program, or unusable.
 */
export function openDatabase(path: string): Database.Database {
  const opened = attempt(path, () => {
    createPrivate(path)
    return new Database(path, { timeout: busyMs })
  })
  try {
    attempt(path, () => prepare(path, opened))
    return opened
  } catch (error) {
    opened.close()
    throw error
  }
}

/**
 * Sessions and keys are nobody else's to read; SQLite gives its log the same mode. `wx` opens no file that exists: closing
 * one that this process has open already would drop its locks (POSIX advisory locks belong to the process).
 */
function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function prepare(path: string, database: Database.Database): void {
  database.pragma('locking_mode = EXCLUSIVE')
  const schema = schemaOf(path, database)
  const journal = database.pragma('journal_mode = WAL', { simple: true })
  if (journal !== 'wal') throw refusal(path, `expected a file system that allows WAL, found journal mode ${journal}`)
  // FULL: the log is on the disk before a commit is acknowledged.
  database.pragma('synchronous = FULL')
  database.transaction(() => migrate(database, schema)).immediate()
}

/** The schema step that the file has reached; nothing is written before this is known to be ours to write. */
function schemaOf(path: string, database: Database.Database): number {
  const schema = Number(database.pragma('user_version', { simple: true }))
  const owner = database.pragma('application_id', { simple: true })
  const isEmpty = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  if (owner !== applicationId && !isEmpty) throw refusal(path, 'expected a session store, found the database of another program')
  if (schema > migrations.length) {
    throw refusal(path, `expected schema ${migrations.length} or older, found schema ${schema}, which a newer release has written`)
  }
  return schema
}

function migrate(database: Database.Database, schema: number): void {
  for (const step of migrations.slice(schema)) database.exec(step)
  database.pragma(`application_id = ${applicationId}`)
  database.pragma(`user_version = ${migrations.length}`)
}

function attempt<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof SessionError) throw error
    throw refusal(path, whyNot(error), error)
  }
}

function whyNot(error: unknown): string {
  const { code, message } = error as { code?: string; message: string }
  if (code?.startsWith('SQLITE_BUSY')) return 'expected to be alone with the file, found another process that has it open'
  if (code === 'SQLITE_NOTADB') return 'expected a SQLite database, found something else'
  return code?.startsWith('SQLITE_') ? `${code}: ${message}` : message
}

function refusal(path: string, why: string, cause?: unknown): SessionError {
  return new SessionError('store_unavailable', `store sqlite:${path}: ${why}`, { cause })
}
