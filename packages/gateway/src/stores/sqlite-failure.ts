import { SessionError } from '@single-state/core/protocol'
import Database from 'better-sqlite3'

/**
 * A failure of the database as the port words it. What does not come from the database is passed on: it is a mistake of
 * ours.
 */
export function failureOf(error: unknown, doing: 'read' | 'write'): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const message = `sqlite: ${error.code}`
  // The commit is written but perhaps not on the disk: a crash after this may show it or not.
  if (doing === 'write' && error.code === 'SQLITE_IOERR_FSYNC') return new SessionError('outcome_unknown', message, { cause: error })
  return new SessionError('store_unavailable', message, { cause: error })
}
