import type { SessionError } from '@single-state/core/protocol'
import { problemOf, problemResponse } from '../http/problem.ts'
import { type FailureWords, failurePage, failureWords } from '../pages/failure-page.ts'
import { wantsPage } from '../pages/wants-page.ts'
import type { LoginPorts } from './login-ports.ts'

/** What only the place of the failure knows. */
export interface FailureContext {
  /** Better words than those of the code. */
  readonly words?: FailureWords
  /** The way on. Default: none. */
  readonly action?: { readonly label: string; readonly href: string }
}

/** The answer to a failure: a page for a person, `application/problem+json` for a program. Same status, same headers. */
export async function failureAnswer(
  ports: LoginPorts,
  request: Request,
  error: SessionError,
  { words, action }: FailureContext = {},
): Promise<Response> {
  const problem = problemResponse(error, ports.origin)
  if (!wantsPage(request)) return problem
  const { status, code } = problemOf(error)
  const page = await failurePage({
    status,
    words: words ?? failureWords(code),
    action: action ?? null,
    reference: ports.traceIdOf(request),
  })
  const retryAfter = problem.headers.get('Retry-After')
  if (retryAfter !== null) page.headers.set('Retry-After', retryAfter)
  return page
}
