import type { GatewayFacts } from '../client/known-gateway.ts'
import { retryAfterMs } from '../client/outcome.ts'
import type { SessionFailure } from '../client/session-result.ts'
import { codes, errorTypeOf, type SessionError, type SessionErrorCode, type SessionMissingError } from '../errors.ts'
import { isPageNavigation, type RequestHead } from './request-head.ts'

/** Why a request is not let through. */
export type Denied =
  | SessionFailure
  /** The session is valid, and a `where` predicate said no. */
  | { readonly status: 'forbidden' }
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
 * The status map, the same in every adapter. A person who opens a page and is not signed in is sent to the login; every
 * other refusal is a status: 401, 403, 409, 503 with `Retry-After`. No refusal touches the cookie.
 */
export function denialOf(denied: Denied, head: RequestHead, facts: GatewayFacts | null): Denial {
  const page = isPageNavigation(head)
  const signedOut = denied.status === 'anonymous' || denied.status === 'ended'
  const login = signedOut && facts ? loginUrl(head, facts) : null
  const { status, code } = statusOf(denied)
  // Only what can be opened again after the login: a form that was sent is not sent twice.
  if (page && login !== null && (head.method === 'GET' || head.method === 'HEAD'))
    return { status: 302, headers: { ...commonHeaders, location: login }, body: '', code, login }
  const reason = denied.status === 'ended' ? { reason: denied.reason } : {}
  const headers = {
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(denied.status === 'unavailable' && { 'retry-after': String(Math.max(1, Math.ceil(denied.retryAfterMs / 1_000))) }),
  }
  const answer = (type: string, body: string) => ({
    status,
    headers: { ...headers, ...commonHeaders, 'content-type': type },
    body,
    code,
    login,
  })
  if (page) return answer('text/html; charset=utf-8', pageOf(status))
  const problem = { type: errorTypeOf(code), title: codes[code].title, status, code, ...reason }
  return answer('application/problem+json', JSON.stringify(problem))
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

/** Where to sign in and come back to this address. */
function loginUrl(head: RequestHead, { application }: GatewayFacts): string {
  const url = new URL(application.loginUrl)
  const returnTo = publicUrl(head, application.origins)
  if (returnTo !== null) url.searchParams.set('return_to', returnTo)
  return url.href
}

const commonHeaders = { 'cache-control': 'private, no-store', vary: 'Cookie, Authorization', 'x-content-type-options': 'nosniff' }

/**
 * Behind a proxy the request may show another scheme than the browser used: the configured origin of the same host counts.
 * What a request's `Host` makes of the address need not be one at all.
 */
function publicUrl({ url }: RequestHead, origins: readonly string[]): string | null {
  const asked = URL.parse(url)
  const origin = origins.find((candidate) => URL.parse(candidate)?.host === asked?.host) ?? origins[0] ?? asked?.origin
  return origin === undefined ? null : `${origin}${asked?.pathname ?? '/'}${asked?.search ?? ''}`
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
    case 'forbidden':
      return { status: 403, code: 'access_denied' }
    case 'conflict':
      return { status: 409, code: denied.code }
  }
}

const pages: Readonly<Record<number, { readonly title: string; readonly text: string }>> = {
  400: { title: 'This request is unclear', text: 'It carried more than one sign-in. Close the other tabs of this site and try again.' },
  401: { title: 'Please sign in', text: 'You are not signed in.' },
  403: { title: 'Not allowed', text: 'You are signed in, but this page is not open to you.' },
  409: {
    title: 'Something has changed',
    text: 'Your session has changed since this page was opened. Nothing was saved. Reload the page and decide again.',
  },
  503: {
    title: 'Temporarily unavailable',
    text: 'We cannot check your sign-in right now. You are still signed in; please try again in a moment.',
  },
}

/** A page for a person, without scripts or anything fetched: applications that want their own look handle the result themselves. */
function pageOf(status: number): string {
  const { title, text } = pages[status] ?? { title: 'Not possible', text: 'This page cannot be shown.' }
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>:root{color-scheme:light dark;font:1.125rem/1.5 system-ui,sans-serif}body{max-width:32rem;margin:20vh auto 0;padding:0 1.5rem}h1{font-size:1.75rem;line-height:1.2}</style></head>
<body><main><h1>${title}</h1><p>${text}</p></main></body>
</html>
`
}
