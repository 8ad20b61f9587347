import { codes, errorTypeOf, isSessionError, SessionError, type SessionErrorCode, type wire } from '@single-state/core/protocol'

/** What a refusal says beyond its code. */
export interface ProblemMembers {
  /** For people who build an application. Never a value that somebody sent, never a secret. */
  readonly detail?: string
  /** The version that the session has now. */
  readonly version?: number
  /** Why a session is over. */
  readonly reason?: NonNullable<wire.Problem['reason']>
}

/** A refusal on its way to the error boundary. */
export class ProblemError extends SessionError {
  override readonly name = 'ProblemError'
  readonly members: ProblemMembers

  constructor(code: SessionErrorCode, members: ProblemMembers = {}) {
    super(code, members.detail)
    this.members = members
  }
}

/** The problem that answers an error. What nobody foresaw is one opaque `internal_error`. */
export function problemOf(error: unknown): wire.Problem & { readonly code: SessionErrorCode } {
  const code = isSessionError(error) ? error.code : 'internal_error'
  const { status, title } = codes[code]
  return { type: errorTypeOf(code), title, status, code, ...(error instanceof ProblemError ? error.members : {}) }
}

/** 1 s: a client that is told nothing else must not come back at once. */
const defaultRetryAfterMs = 1_000

/** The answer to an error: `application/problem+json` with the headers that its status demands. */
export function problemResponse(error: unknown, realm: string): Response {
  const problem = problemOf(error)
  const headers = new Headers({ 'Content-Type': 'application/problem+json' })
  // RFC 9110 section 15.5.2: a 401 names at least one challenge.
  if (problem.status === 401) headers.set('WWW-Authenticate', challenge(problem.code, realm))
  if (problem.status === 503 || problem.status === 429) headers.set('Retry-After', retryAfter(error))
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}

function challenge(code: SessionErrorCode, realm: string): string {
  const scheme = code === 'application_unknown' ? 'Bearer' : 'Session-Token'
  return `${scheme} realm="${realm}", error="${code}"`
}

function retryAfter(error: unknown): string {
  const afterMs = isSessionError(error) ? (error.retryAfterMs ?? defaultRetryAfterMs) : defaultRetryAfterMs
  return String(Math.max(1, Math.ceil(afterMs / 1_000)))
}
