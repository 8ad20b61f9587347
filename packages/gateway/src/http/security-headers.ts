import type { MiddlewareHandler } from 'hono'

/** One year, in seconds. */
const strictTransportS = 31_536_000

/**
 * What every answer carries, whatever it is. A page that brings its own content policy keeps it.
 *
 * Sessions must not end up in a cache between (RFC 9111 section 5.2.2.5).
 */
export function securityHeaders(origin: string): MiddlewareHandler {
  const isHttps = origin.startsWith('https:')
  return async (c, next) => {
    await next()
    if (!c.res.headers.get('Cache-Control')?.includes('no-store')) c.res.headers.set('Cache-Control', 'no-store')
    // For a cache that was told to store whatever it is told not to: then at least no two people share an answer.
    if (!c.res.headers.has('Vary')) c.res.headers.set('Vary', 'Cookie, Authorization, Session-Token')
    c.res.headers.set('X-Content-Type-Options', 'nosniff')
    c.res.headers.set('Referrer-Policy', 'no-referrer')
    if (!c.res.headers.has('Content-Security-Policy')) {
      c.res.headers.set('Content-Security-Policy', "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
    }
    if (isHttps) c.res.headers.set('Strict-Transport-Security', `max-age=${strictTransportS}`)
  }
}
