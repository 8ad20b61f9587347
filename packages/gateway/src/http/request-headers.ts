import { ProblemError } from './problem.ts'

/** 256 characters: an application's key has fewer than a hundred. */
export const longestBearer = 256

/** 128 characters: several times a UUID. */
export const longestIdempotencyKey = 128

/** The key of a `Bearer` authorisation (RFC 6750 section 2.1), or null. */
export function bearerOf(request: Request): string | null {
  const key = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  return key === undefined || key.length > longestBearer ? null : key
}

/**
 * The contract revision that the caller was built with; every call says it.
 *
 * @throws ProblemError `request_invalid`
 */
export function contractRevisionOf(request: Request): string {
  const text = request.headers.get('contract-revision') ?? ''
  if (/^[1-9]\d{0,8}$/.test(text)) return text
  throw new ProblemError('request_invalid', { detail: 'expected a Contract-Revision header with a whole number from 1' })
}

/**
 * The key by which a write can be repeated, or null.
 *
 * @throws ProblemError `request_invalid`
 */
export function idempotencyKeyOf(request: Request): string | null {
  const text = request.headers.get('idempotency-key')
  if (text === null || (/^[A-Za-z0-9._:-]+$/.test(text) && text.length <= longestIdempotencyKey)) return text
  throw new ProblemError('request_invalid', {
    detail: `expected an Idempotency-Key of 1 to ${longestIdempotencyKey} letters, digits, dots, colons, hyphens or underscores`,
  })
}
