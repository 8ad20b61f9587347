import type { Response } from 'playwright-core'

/** A policy that lets nothing in which it does not name, and nobody frame the page. */
const isStrict = (policy = '') =>
  /default-src 'none'/.test(policy) && /frame-ancestors 'none'/.test(policy) && /base-uri 'none'/.test(policy)

/**
 * What a page lacks of the headers that every page has, each named with its address. `isGateway` is of one that knows its
 * own origin: by plain HTTP it sends no `Strict-Transport-Security` (RFC 6797 section 7.2).
 */
export function missingHeaders(response: Response, isGateway: boolean): readonly string[] {
  const headers = response.headers()
  const isDocument = response.request().resourceType() === 'document'
  const isRedirect = response.status() >= 300 && response.status() < 400
  if (!isDocument || isRedirect) return []
  const missing = [
    headers['x-content-type-options'] !== 'nosniff' && 'nosniff',
    headers['referrer-policy'] !== 'no-referrer' && 'a referrer policy',
    !isStrict(headers['content-security-policy']) && 'a strict content policy',
    !isGateway && !/^max-age=31536000$/.test(headers['strict-transport-security'] ?? '') && 'strict transport security',
  ].filter((name) => name !== false)
  return missing.map((name) => `${response.status()} ${response.url()} has not ${name}`)
}
