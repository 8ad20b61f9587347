import type { RequestHead } from './request-head.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Whether a request can change something: an unsafe method (RFC 9110 section 9.2.1), or an upgrade to a connection that can. */
export function isUnsafe({ method, headers }: RequestHead): boolean {
  return !safeMethods.has(method) || headers.get('upgrade') !== null
}

/**
 * Whether an unsafe request that came with a cookie was made by the application's own pages.
 *
 * The browser says so itself in `Sec-Fetch-Site`; an older one by an `Origin` that is the application's own. A request
 * that says neither is refused: `SameSite=Lax` alone lets cookies of the first two minutes through. Where `origins` are
 * configured they alone count: what the request says of its own is made of `Host`, and of the scheme behind a proxy.
 */
export function isOwnRequest({ url, headers }: RequestHead, origins: readonly string[]): boolean {
  const site = headers.get('sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return true
  const origin = headers.get('origin')
  if (origin === null || origin === 'null') return false
  return origins.length > 0 ? origins.includes(origin) : origin === originOf(url)
}

function originOf(url: string): string | null {
  return URL.parse(url)?.origin ?? null
}
