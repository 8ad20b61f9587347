import { isSessionError, type SessionErrorCode } from '@single-state/core/errors'

/** The code of a rejection and what the log would tell of its cause; rejects when there was none of ours. */
export async function failureOf(work: Promise<unknown>): Promise<{ code: SessionErrorCode; seen: string }> {
  const error = await work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  )
  if (!isSessionError(error)) throw error
  return { code: error.code, seen: error.cause instanceof Error ? error.cause.message : error.message }
}
