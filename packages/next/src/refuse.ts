import { SessionError, SessionUnavailableError } from '@single-state/core'
import type { Denial } from '@single-state/core/adapter'
import { forbidden, redirect } from 'next/dist/client/components/navigation.react-server.js'
import type { Place } from './places.ts'

/** Turns a refusal into what a place can do with it: a handler of ours answers, a page or an action throws. */
export function refuse(denial: Denial, { refusals }: Place<unknown>): never {
  const error = errorOf(denial)
  if (refusals) {
    refusals.set(error, denial)
    throw error
  }
  if (denial.login !== null) redirect(denial.login)
  if (denial.status === 403) interrupt()
  throw error
}

function errorOf({ code, headers }: Denial): SessionError {
  const retryAfter = headers['retry-after']
  return retryAfter === undefined ? new SessionError(code) : new SessionUnavailableError(code, Number(retryAfter) * 1_000)
}

/** `forbidden()` is the one way to a status, and works only where the application has set `experimental.authInterrupts`. */
function interrupt(): void {
  try {
    forbidden()
  } catch (interruption) {
    if (String((interruption as { digest?: unknown }).digest).startsWith('NEXT_HTTP_ERROR_FALLBACK')) throw interruption
  }
}
