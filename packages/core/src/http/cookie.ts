/** Name and reach of the session cookie, as the gateway chose them at its start. */
export interface SessionCookie {
  /** `__Host-session` on one host, `__Secure-session` on several under one domain. */
  readonly name: string
  /** The shared parent domain; null for a cookie of one host. */
  readonly domain: string | null
}

/** What a `Cookie` header says about one name. `ambiguous` when it holds the name twice, in any case (RFC 6265bis section 4.1.3). */
export type CookieReading = { readonly kind: 'none' } | { readonly kind: 'value'; readonly value: string } | { readonly kind: 'ambiguous' }

/** 4,096: what browsers keep of name and value together (RFC 6265bis section 5.6). */
export const largestCookieBytes = 4_096

/**
 * Reads one cookie of a `Cookie` header.
 *
 * Browsers compare the `__Host-` prefix without case, so a name that differs only in case counts as a second value and
 * never as the cookie itself.
 */
export function readCookies(header: string | null, name: string): CookieReading {
  if (header === null || header === '') return { kind: 'none' }
  let found: { name: string; value: string } | undefined
  let start = 0
  let equals = header.indexOf('=')
  while (equals !== -1) {
    const end = endOfPair(header, start)
    // Where the sign is that of a later pair there is a semicolon in this, which no name has.
    const key = trimmed(header, start, equals)
    if (isSameName(key, name)) {
      if (found) return { kind: 'ambiguous' }
      found = { name: key, value: trimmed(header, equals + 1, end) }
    }
    start = end + 1
    if (equals < start) equals = header.indexOf('=', start)
  }
  return found?.name === name ? { kind: 'value', value: found.value } : { kind: 'none' }
}

function endOfPair(header: string, start: number): number {
  const end = header.indexOf(';', start)
  return end === -1 ? header.length : end
}

function isSameName(key: string, name: string): boolean {
  return key === name || (key.length === name.length && key.toLowerCase() === name.toLowerCase())
}

/** A part of a text without spaces and tabs around it (RFC 6265bis section 5.7); any other white space belongs to a name that is not ours. */
function trimmed(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

const space = 0x20
const tab = 0x09

function isBlank(code: number): boolean {
  return code === space || code === tab
}

/**
 * The `Set-Cookie` value that hands a token to the browser. It lives as long as the browser's own session: when a session
 * ends is the gateway's to say (rule 10).
 *
 * @throws RangeError when browsers would not keep it.
 */
export function serializeCookie(cookie: SessionCookie, token: string): string {
  if (cookie.name.length + token.length > largestCookieBytes)
    throw new RangeError(`a session cookie of more than ${largestCookieBytes} bytes is dropped by browsers`)
  return `${cookie.name}=${token}; ${attributes(cookie)}`
}

/** The `Set-Cookie` value that takes the token from the browser. Only a sign-out sends it. */
export function serializeCookieRemoval(cookie: SessionCookie): string {
  return `${cookie.name}=; ${attributes(cookie)}; Max-Age=0`
}

function attributes({ domain }: SessionCookie): string {
  return `${domain === null ? '' : `Domain=${domain}; `}Path=/; HttpOnly; Secure; SameSite=Lax`
}
