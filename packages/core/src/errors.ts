/** What a stable error code means: the HTTP status the gateway answers with and whether the same request may succeed later. */
interface CodeFacts {
  readonly status: number
  /** True when nothing about the request is wrong, so that repeating it (with its idempotency key) may succeed. */
  readonly retryable: boolean
  /** One line for people, the `title` of the problem (RFC 9457 section 3.1.3). */
  readonly title: string
}

/** Every code, in the order of `docs/reference/errors.md`. One table, so that client, gateway and pages cannot disagree. */
export const codes = {
  token_missing: { status: 401, retryable: false, title: 'No session token was presented' },
  token_invalid: { status: 401, retryable: false, title: 'The session token is not one of this gateway' },
  token_expired: { status: 401, retryable: false, title: 'The session token has expired and can be exchanged' },
  token_replaced: { status: 401, retryable: false, title: 'The session token was replaced by a newer one; the session goes on' },
  token_reused: { status: 401, retryable: false, title: 'A session token was used again after it was replaced; the session has ended' },
  session_ended: { status: 401, retryable: false, title: 'The session has ended' },
  session_invalid: { status: 401, retryable: false, title: 'The stored session document is not valid; sign in again' },
  version_conflict: { status: 412, retryable: false, title: 'The session has changed since the version that the write was based on' },
  version_required: { status: 428, retryable: false, title: 'A write must name the version that it is based on' },
  version_not_reached: { status: 503, retryable: true, title: 'The session has not reached the version that was asked for' },
  write_denied: { status: 403, retryable: false, title: 'The application is not granted this write' },
  read_denied: { status: 403, retryable: false, title: 'The application is not granted this read' },
  document_invalid: { status: 422, retryable: false, title: 'The change does not fit the contract' },
  document_too_large: { status: 413, retryable: false, title: 'The request or the document that it would make is too large' },
  reason_required: { status: 422, retryable: false, title: 'A write must give a reason code that the contract grants for it' },
  signal_unknown: { status: 422, retryable: false, title: 'The contract has no such signal' },
  application_unknown: { status: 401, retryable: false, title: 'The application key is not known' },
  application_denied: { status: 403, retryable: false, title: 'The application is not granted this operation' },
  contract_mismatch: { status: 409, retryable: false, title: 'Application and gateway do not agree on the contract' },
  idempotency_key_reused: { status: 422, retryable: false, title: 'The idempotency key belongs to another request' },
  outcome_unknown: { status: 504, retryable: true, title: 'It is not known whether the write was applied' },
  store_unavailable: { status: 503, retryable: true, title: 'Sessions are temporarily unavailable' },
  audit_unavailable: { status: 503, retryable: true, title: 'Writes are temporarily unavailable because they cannot be audited' },
  cross_site: { status: 403, retryable: false, title: 'The request was made by another site' },
  credentials_ambiguous: { status: 400, retryable: false, title: 'The request carries more than one session credential' },
  assurance_insufficient: { status: 401, retryable: false, title: 'A stronger or more recent sign-in is needed' },
  access_denied: { status: 403, retryable: false, title: 'The session does not allow this' },
  expectation_failed: { status: 409, retryable: false, title: 'The session says otherwise than the request expected' },
  rate_limited: { status: 429, retryable: true, title: 'Too many requests' },
  request_invalid: { status: 400, retryable: false, title: 'The request is malformed' },
  media_type_unsupported: { status: 415, retryable: false, title: 'The request body must be application/json' },
  not_found: { status: 404, retryable: false, title: 'There is nothing at this address' },
  method_not_allowed: { status: 405, retryable: false, title: 'This address does not support the method' },
  login_failed: { status: 400, retryable: false, title: 'The sign-in could not be completed' },
  logout_failed: { status: 400, retryable: true, title: 'It is not sure that the sessions of this sign-out have ended' },
  refresh_unsupported: { status: 501, retryable: false, title: 'The gateway has no claimsOf to ask what a provider says of a person' },
  internal_error: { status: 500, retryable: true, title: 'The gateway met an error that it did not expect' },
  identity_provider_unavailable: { status: 503, retryable: true, title: 'The identity provider is temporarily unavailable' },
} as const satisfies Record<string, CodeFacts>

/** A stable error code; messages may change, codes do not. */
export type SessionErrorCode = keyof typeof codes

/** True for a text that is one of the stable codes. */
export function isSessionErrorCode(text: unknown): text is SessionErrorCode {
  return typeof text === 'string' && Object.hasOwn(codes, text)
}

/** The `type` of a problem (RFC 9457 section 3.1.1): a name for good, not an address to fetch. */
export function errorTypeOf(code: SessionErrorCode): string {
  return `urn:single-state:error:${code}`
}

const brand = Symbol.for('@single-state/core/error')

interface SessionErrorOptions {
  readonly cause?: unknown
  /** Milliseconds after which a repeat is worth trying. */
  readonly retryAfterMs?: number
}

/** A failure of a session operation. `code` says which; `cause` is what was seen underneath. */
export class SessionError extends Error {
  override readonly name: string = 'SessionError'
  readonly code: SessionErrorCode
  /** Milliseconds after which a repeat is worth trying, where one is. */
  readonly retryAfterMs: number | undefined
  readonly [brand] = true

  constructor(code: SessionErrorCode, message?: string, options: SessionErrorOptions = {}) {
    super(message ?? codes[code].title, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryAfterMs = options.retryAfterMs
  }

  /** The HTTP status that an application answers with when a handler lets this error through. */
  get status(): number {
    return answerStatusOf(this.code)
  }

  /** Headers that go with `status`; frameworks that know `error.headers` send them. */
  get headers(): Readonly<Record<string, string>> {
    return this.retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(this.retryAfterMs / 1_000))) }
  }
}

/** The application's own status for a code: what the gateway said to us is not always what we say to a browser. */
function answerStatusOf(code: SessionErrorCode): number {
  const { status, retryable } = codes[code]
  if (code === 'version_conflict') return 409
  // Our key or our contract is wrong, or we do not know what became of a write: not the visitor's doing, and not a sign-out.
  if (retryable || code === 'application_unknown' || code === 'contract_mismatch') return 503
  return status === 428 || status === 405 ? 500 : status
}

/** A write lost against another: nothing was changed. Read again with `currentVersion` as the floor and decide again (rule 4). */
export class SessionConflictError extends SessionError {
  override readonly name = 'SessionConflictError'
  /** The version that the session has now. */
  readonly currentVersion: number

  constructor(currentVersion: number, options?: SessionErrorOptions) {
    super('version_conflict', `the session is at version ${currentVersion}`, options)
    this.currentVersion = currentVersion
  }
}

/** The truth about the session could not be had. This is not a sign-out: keep the cookie, answer 503 (rule 8). */
export class SessionUnavailableError extends SessionError {
  override readonly name = 'SessionUnavailableError'

  constructor(code: SessionErrorCode, retryAfterMs: number, options: SessionErrorOptions = {}) {
    super(code, undefined, { ...options, retryAfterMs })
  }

  /** 503 whatever the code: what the gateway refused a call for need not be the visitor's doing. */
  override get status(): number {
    return 503
  }
}

/** There is no session to act on: nobody is signed in, or the session has ended. */
export class SessionMissingError extends SessionError {
  override readonly name = 'SessionMissingError'
  /** Why the session is over; undefined when nobody was signed in. */
  readonly reason: 'expired' | 'revoked' | 'invalid' | 'reused' | undefined

  constructor(code: SessionErrorCode, reason?: 'expired' | 'revoked' | 'invalid' | 'reused') {
    super(code)
    this.reason = reason
  }
}

/** True for a `SessionError` of any copy of this package that the process has loaded. */
export function isSessionError(error: unknown): error is SessionError {
  return typeof error === 'object' && error !== null && brand in error
}
