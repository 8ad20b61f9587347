import type { MiddlewareHandler } from 'hono'

/** One year, in seconds. */
const strictTransportS = 31_536_000

/**
 * The headers of every answer of a gateway at `origin`, whatever it is.
 *
 * Sessions must not end up in a cache between (RFC 9111 section 5.2.2.5). `Vary` is for one that was told to store whatever
 * it is told not to: then at least no two people share an answer.
 */
export function headersOfEveryAnswer(origin: string): Readonly<Record<string, string>> {
  return {
    'Cache-Control': 'no-store',
    Vary: 'Cookie, Authorization, Session-Token',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ...(origin.startsWith('https:') && { 'Strict-Transport-Security': `max-age=${strictTransportS}` }),
  }
}

/** Gives every answer its headers. A page that brings its own content policy keeps it. */
export function securityHeaders(origin: string): MiddlewareHandler {
  const every = Object.entries(headersOfEveryAnswer(origin))
  return async (c, next) => {
    await next()
    const { headers } = c.res
    for (const [name, value] of every) if (!isKept(name, headers.get(name))) headers.set(name, value)
  }
}

function isKept(name: string, own: string | null): boolean {
  if (name === 'Cache-Control') return own?.includes('no-store') === true
  return own !== null && (name === 'Vary' || name === 'Content-Security-Policy')
}
