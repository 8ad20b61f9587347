import type { GatewayFacts } from '../client/known-gateway.ts'
import { retryAfterMs } from '../client/outcome.ts'
import type { SessionFailure } from '../client/session-result.ts'
import { type AskedAssurance, anyAssurance } from '../consistency/assurance.ts'
import { codes, errorTypeOf, type SessionError, type SessionErrorCode, type SessionMissingError } from '../errors.ts'
import { denialPage, denialPageHeaders } from './denial-page.ts'
import { isPageNavigation, type RequestHead } from './request-head.ts'

/** Why a request is not let through. */
export type Denied =
  | SessionFailure
  /** The session is valid, and a `where` predicate said no. */
  | { readonly status: 'forbidden' }
  /** The session is valid, and its sign-in was not as strong or as recent as the requirement asks. */
  | { readonly status: 'insufficient' }
  /** The session says otherwise than the request expected, or has changed under a write. */
  | { readonly status: 'conflict'; readonly code: 'expectation_failed' | 'version_conflict' }

/** The whole answer to a request that is not let through. */
export interface Denial {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Which refusal it is, for places that throw rather than answer. */
  readonly code: SessionErrorCode
  /** Where to sign in and come back to this address; null when that would not help, or cannot be known. */
  readonly login: string | null
}

/**
 * The status map, the same in every adapter. A person who opens a page and is not signed in, or not as well as `asked`, is
 * sent to the login; every other refusal is a status: 401, 403, 409, 503 with `Retry-After`. No refusal touches the cookie.
 */
export function denialOf(denied: Denied, head: RequestHead, facts: GatewayFacts | null, asked: AskedAssurance = anyAssurance): Denial {
  const page = isPageNavigation(head)
  const loginHelps = denied.status === 'anonymous' || denied.status === 'ended' || denied.status === 'insufficient'
  const login = loginHelps && facts ? loginUrl(head, facts, asked) : null
  const { status, code } = statusOf(denied)
  // Only what can be opened again after the login: a form that was sent is not sent twice.
  if (page && login !== null && (head.method === 'GET' || head.method === 'HEAD'))
    return { status: 302, headers: { ...commonHeaders, location: login }, body: '', code, login }
  const reason = denied.status === 'ended' ? { reason: denied.reason } : {}
  const headers = {
    ...(status === 401 && { 'www-authenticate': denied.status === 'insufficient' ? stepUpChallenge(asked) : 'Bearer' }),
    ...(denied.status === 'unavailable' && { 'retry-after': String(Math.max(1, Math.ceil(denied.retryAfterMs / 1_000))) }),
  }
  const answer = (ofBody: Readonly<Record<string, string>>, body: string) => ({
    status,
    headers: { ...headers, ...commonHeaders, ...ofBody },
    body,
    code,
    login,
  })
  // Only an address that was opened can be opened once more.
  const again = status === 503 && (head.method === 'GET' || head.method === 'HEAD')
  if (page) return answer(denialPageHeaders, denialPage(denied.status === 'insufficient' ? 'insufficient' : status, again))
  const problem = { type: errorTypeOf(code), title: codes[code].title, status, code, ...reason }
  return answer({ 'content-type': 'application/problem+json' }, JSON.stringify(problem))
}

/** What an error of ours means for the whole request; null for one that is a mistake of the application. */
export function deniedBy(error: SessionError): Denied | null {
  if (error.code === 'version_conflict') return { status: 'conflict', code: 'version_conflict' }
  if (error.code === 'cross_site' || error.code === 'credentials_ambiguous') return { status: 'refused', code: error.code }
  if (error.name === 'SessionMissingError') {
    const { reason } = error as SessionMissingError
    return reason === undefined ? { status: 'anonymous' } : { status: 'ended', reason }
  }
  return error.status === 503 ? { status: 'unavailable', code: error.code, retryAfterMs: error.retryAfterMs ?? retryAfterMs } : null
}

/** RFC 9470 section 3. */
function stepUpChallenge({ acrValues, maxAgeS }: AskedAssurance): string {
  const members = [
    'error="insufficient_user_authentication"',
    `error_description="${codes.assurance_insufficient.title}"`,
    ...(acrValues.length === 0 ? [] : [`acr_values="${acrValues.join(' ')}"`]),
    ...(maxAgeS === null ? [] : [`max_age="${maxAgeS}"`]),
  ]
  return `Bearer ${members.join(', ')}`
}

/** Where to sign in, as well as asked, and come back to this address. */
function loginUrl(head: RequestHead, { application }: GatewayFacts, { acrValues, maxAgeS }: AskedAssurance): string {
  const url = new URL(application.loginUrl)
  const returnTo = wayBack(head, application.origins)
  if (returnTo !== null) url.searchParams.set('return_to', returnTo)
  if (acrValues.length > 0) url.searchParams.set('acr_values', acrValues.join(' '))
  if (maxAgeS !== null) url.searchParams.set('max_age', String(maxAgeS))
  return url.href
}

/** A cache of the network before us goes by `CDN-Cache-Control` alone, where something has set one before (RFC 9213 section 2.2). */
const commonHeaders = {
  'cache-control': 'private, no-store',
  'cdn-cache-control': 'no-store',
  vary: 'Cookie, Authorization',
  'x-content-type-options': 'nosniff',
}

/** 2,048 characters of a way back from the login, after every sign is spelt out: it travels inside a cookie of at most 4,096 bytes. */
export const longestReturnTo = 2_048

/**
 * The address that was asked, as the login takes it; without its query, or the first page, where that would be too long.
 *
 * Behind a proxy the request may show another scheme than the browser used: the configured origin of the same host counts.
 * What a request's `Host` makes of the address need not be one at all.
 */
function wayBack({ url }: RequestHead, origins: readonly string[]): string | null {
  const asked = URL.parse(url)
  const origin = origins.find((candidate) => URL.parse(candidate)?.host === asked?.host) ?? origins[0] ?? asked?.origin
  if (origin === undefined) return null
  const path = `${origin}${asked?.pathname ?? '/'}`
  // Parsers leave a backslash in a query as it is, and the login takes none: elsewhere it would pass for a slash.
  const whole = `${path}${asked?.search.replaceAll('\\', '%5C') ?? ''}`
  return [whole, path].find(({ length }) => length <= longestReturnTo) ?? `${origin}/`
}

function statusOf(denied: Denied): { status: number; code: SessionErrorCode } {
  switch (denied.status) {
    case 'anonymous':
      return { status: 401, code: 'token_missing' }
    case 'ended':
      return { status: 401, code: 'session_ended' }
    case 'unavailable':
      return { status: 503, code: denied.code }
    case 'refused':
      return { status: codes[denied.code].status, code: denied.code }
    case 'insufficient':
      return { status: 401, code: 'assurance_insufficient' }
    case 'forbidden':
      return { status: 403, code: 'access_denied' }
    case 'conflict':
      return { status: 409, code: denied.code }
  }
}
