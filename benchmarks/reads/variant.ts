import type { Express } from 'express'
import type { Hono } from 'hono'

/** What the runner gives an application. */
export interface VariantParts {
  /** A Redis for variants that need one. */
  readonly redisUrl: string
  /** The gateway and application key, for our own variants. */
  readonly gateway: { readonly origin: string; readonly key: string } | null
  /** Cookies of people who are signed in at the gateway already. */
  readonly cookies: readonly string[]
}

/** One way to know who is asking, mounted as its documentation advises. */
export interface Variant {
  /** As the table names it. */
  readonly name: string
  /** How old an answer may be, in a few words. */
  readonly stale: string
  /** The package whose version is printed; null for the bare handler and our own. */
  readonly peer: string | null
  /** The framework that it has an adapter for; both where this is missing. */
  readonly only?: 'express'
  readonly needs: { readonly redis?: true; readonly gateway?: 'sqlite' | 'redis' }
  /** Signs `count` people in and answers the `Cookie` header of each. */
  prepare(parts: VariantParts, count: number): Promise<Mounts>
}

/** The variant, ready to be mounted; a framework that it has no adapter for is missing. */
export interface Mounts {
  readonly cookies: readonly string[]
  readonly express?: (app: Express) => void
  readonly hono?: (app: Hono) => void
}
