import { SessionError } from '@single-state/core/protocol'

/** What the database did with a transaction that failed. */
export type Fate =
  /** It was rolled back and would pass if it were tried again. */
  | 'retry'
  /** It was rolled back, or never began. */
  | 'nothing'
  /** It may have been committed. */
  | 'unknown'

/**
 * SQLSTATEs after which the same transaction passes: serialization failure, deadlock, an id that another creation was
 * faster with, and our own guard in `save`, which divides by zero when what was loaded is no longer so.
 */
const passing = new Set(['40001', '40P01', '23505', '22012'])

/** The fate of a transaction after an error that came before its COMMIT was sent. */
export function fateBeforeCommit(error: unknown): Exclude<Fate, 'unknown'> {
  return passing.has(stateOf(error) ?? '') ? 'retry' : 'nothing'
}

/** The fate of a transaction after an error in answer to its COMMIT: only class 40 says that it was rolled back. */
export function fateAtCommit(error: unknown): Fate {
  return stateOf(error)?.startsWith('40') ? 'retry' : 'unknown'
}

/** The SQLSTATE that the server sent; undefined for an error of the connection or the driver. */
export function stateOf(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown }
  return typeof severity === 'string' && typeof code === 'string' ? code : undefined
}

/** A failure of the driver as the port words it. */
export function failureOf(error: unknown, fate: Fate): SessionError {
  if (error instanceof SessionError) return error
  const { code, message } = error as { code?: string; message: string }
  return new SessionError(fate === 'unknown' ? 'outcome_unknown' : 'store_unavailable', `postgres: ${code ?? message}`, { cause: error })
}

/** A failure at a start or in a command: people have to be told of which store, and in the server's own words. */
export function namedFailure(name: string, error: unknown): unknown {
  if (!(error instanceof SessionError) || error.message.startsWith('store ')) return error
  const why = error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
  return new SessionError(error.code, `store ${name}: ${why}`, { cause: error })
}
