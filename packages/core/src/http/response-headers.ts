import { type SessionCookie, serializeCookie, serializeCookieRemoval } from './cookie.ts'

/**
 * Looks up what of an answer's own headers decides about ours; null for one that it has not. Where there is a
 * `CDN-Cache-Control`, a cache of the network before us goes by it alone (RFC 9213 section 2.2).
 */
export type AnswerHeaders = (name: 'cache-control' | 'cdn-cache-control' | 'vary') => string | null

/** What to put on an answer: `set` replaces, `setCookie` is added beside the handler's own cookies. */
export interface HeaderChanges {
  readonly set: Readonly<Record<string, string>>
  readonly setCookie: string | null
}

/** What happened to the session's token while the request was handled. */
export type CookieChange = { readonly kind: 'none' } | { readonly kind: 'successor'; readonly token: string } | { readonly kind: 'removal' }

const noChanges: HeaderChanges = { set: {}, setCookie: null }
const neverStored = 'private, no-store'
const readBy = ['Cookie', 'Authorization']
const readByAlone = readBy.join(', ')

/**
 * The headers that an answer gets because a session was read for it.
 *
 * A shared cache must never hand one person's cookie to another: an answer with our `Set-Cookie` is not stored, and one
 * that the handler made cacheable does not get it. The token that is dropped this way is made again at the next request.
 */
export function headersFor(answer: AnswerHeaders, cookie: SessionCookie | null, change: CookieChange): HeaderChanges {
  if (cookie && change.kind === 'removal') return withCookie(answer, serializeCookieRemoval(cookie))
  if (cookie && change.kind === 'successor' && !isCacheable(answer)) return withCookie(answer, serializeCookie(cookie, change.token))
  if (answer('cache-control') !== null) return noChanges
  return { set: { 'cache-control': neverStored, vary: varyBySession(answer('vary')) }, setCookie: null }
}

function withCookie(answer: AnswerHeaders, setCookie: string): HeaderChanges {
  const forNetworks = answer('cdn-cache-control') === null ? {} : { 'cdn-cache-control': 'no-store' }
  return { set: { 'cache-control': neverStored, ...forNetworks, vary: varyBySession(answer('vary')) }, setCookie }
}

function isCacheable(answer: AnswerHeaders): boolean {
  const said = [answer('cache-control'), answer('cdn-cache-control')]
  return said.some((value) => value !== null && !/(^|[\s,])(no-store|no-cache)([\s,=]|$)/i.test(value))
}

/** `Vary: *` already says more; names that are there are not repeated. */
function varyBySession(vary: string | null): string {
  if (vary === null) return readByAlone
  const named = vary
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (named.includes('*')) return '*'
  const missing = readBy.filter((name) => !named.some((known) => known.toLowerCase() === name.toLowerCase()))
  return [...named, ...missing].join(', ')
}
