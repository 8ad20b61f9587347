import { SessionError } from '@single-state/core/protocol'

/** What a Redis says when it did nothing: the first write of a script is refused, and every script decides before it writes. */
const refusals = [
  ...['READONLY', 'OOM', 'NOREPLICAS', 'MISCONF', 'LOADING', 'BUSY', 'MASTERDOWN', 'CLUSTERDOWN', 'TRYAGAIN', 'UNKILLABLE'],
  ...['NOAUTH', 'NOPERM', 'WRONGPASS', 'NOSCRIPT', 'OTHERPRIMARY'],
]

/** What refuses writes and may still read. */
const refusesWrites = new Set(['READONLY', 'OOM', 'NOREPLICAS', 'MISCONF'])

/** The code that a Redis refused a command with; null for any other failure. Before version 7 a script's is inside the text. */
export function refusalCodeOf(error: unknown): string | null {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return null
  const found = /^([A-Z]+) |[:-] ?-([A-Z]+) /.exec(error.message)
  const code = found?.[1] === 'ERR' ? (/-([A-Z]+) /.exec(error.message)?.[1] ?? 'ERR') : (found?.[1] ?? found?.[2])
  return refusals.find((one) => one === code) ?? null
}

/** Whether a failure says that writes are refused. */
export function isWriteRefusal(error: unknown): boolean {
  return refusesWrites.has(refusalCodeOf(error) ?? '')
}

/** What the driver says of a command on a connection that is not up, where it keeps no queue: it was never sent. */
const notSent = "Stream isn't writeable"

/** A failure of Redis as the port words it. A write that was sent and not refused may have been applied. */
export function failureOf(error: unknown, doing: 'read' | 'write'): SessionError {
  if (error instanceof SessionError) return error
  const refusal = refusalCodeOf(error)
  if (doing === 'read' || refusal !== null) return unavailable(refusal ?? 'no answer', error)
  if (error instanceof Error && error.message.startsWith(notSent)) return unavailable('not connected', error)
  return new SessionError('outcome_unknown', 'redis: no answer to a write', { cause: error })
}

/** The store does not answer, and nothing was changed. */
export function unavailable(why: string, cause?: unknown): SessionError {
  return new SessionError('store_unavailable', `redis: ${why}`, { retryAfterMs: 1_000, ...(cause !== undefined && { cause }) })
}
