import type { z } from 'zod'
import { type Duration, parseDuration } from './duration.ts'

/** A named, typed, short-lived message that applications pass to each other through the session. */
export interface Signal<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema
  /** How long a published value lives, in milliseconds. */
  readonly ttlMs: number
}

/** An hour: a signal coordinates what is happening now; what must last longer belongs in `context`. */
const longestTtlMs = 3_600_000

/**
 * Declares a signal of a contract.
 *
 * ```ts
 * signals: { tenantChanged: signal(z.object({ tenant: z.string() }), { ttl: '30s' }) }
 * ```
 *
 * @throws TypeError when `ttl` is not between 1 ms and 1 h.
 */
export function signal<Schema extends z.ZodType>(schema: Schema, options: { readonly ttl: Duration }): Signal<Schema> {
  const ttlMs = parseDuration(options.ttl, 'signal ttl')
  if (ttlMs < 1 || ttlMs > longestTtlMs) {
    throw new TypeError(`signal ttl: expected 1ms to 1h, found ${JSON.stringify(options.ttl)}`)
  }
  return { schema, ttlMs }
}
