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
    const { headers } = c.res
    if (!headers.get('Cache-Control')?.includes('no-store')) headers.set('Cache-Control', 'no-store')
    // For a cache that was told to store whatever it is told not to: then at least no two people share an answer.
    if (!headers.has('Vary')) headers.set('Vary', 'Cookie, Authorization, Session-Token')
    headers.set('X-Content-Type-Options', 'nosniff')
    headers.set('Referrer-Policy', 'no-referrer')
    if (!headers.has('Content-Security-Policy')) {
      headers.set('Content-Security-Policy', "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
    }
    if (isHttps) headers.set('Strict-Transport-Security', `max-age=${strictTransportS}`)
  }
}
