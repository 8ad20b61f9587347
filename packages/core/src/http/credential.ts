import { readCookies } from './cookie.ts'
import type { RequestHead } from './request-head.ts'

/** The session credential of a request. */
export type Credential =
  | { readonly kind: 'none' }
  /** Two values of the cookie, or cookie and bearer together: nobody can say which one is meant. */
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'cookie' | 'bearer'; readonly token: string }

/** Finds the credential: the cookie of a browser, or the bearer token of a call from one application to another (RFC 6750 section 2.1). */
export function readCredential({ headers }: RequestHead, cookieName: string): Credential {
  const cookie = readCookies(headers.get('cookie'), cookieName)
  const authorization = headers.get('authorization')
  const bearer = authorization === null ? undefined : /^bearer +(\S+) *$/i.exec(authorization)?.[1]
  if (cookie.kind === 'ambiguous' || (cookie.kind === 'value' && bearer !== undefined)) return { kind: 'ambiguous' }
  if (cookie.kind === 'value' && cookie.value !== '') return { kind: 'cookie', token: cookie.value }
  return bearer === undefined ? { kind: 'none' } : { kind: 'bearer', token: bearer }
}
