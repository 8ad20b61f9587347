import type { z } from 'zod'
import type { Identity } from '../document/session-document.ts'
import type { Duration } from './duration.ts'
import type { Signal } from './signal.ts'

/** The signals of a contract, by name. */
export type Signals = Readonly<Record<string, Signal>>

type Key<Schema extends z.ZodObject> = keyof Schema['shape'] & string

/** What an application may be granted to read: a part of the document, or one key of a part. */
export type ReadPath<E extends z.ZodObject, X extends z.ZodObject, S extends Signals> =
  | 'identity'
  | `identity.${keyof Identity}`
  | 'entitlements'
  | `entitlements.${Key<E>}`
  | 'context'
  | `context.${Key<X>}`
  | 'signals'
  | `signals.${keyof S & string}`

/** What an application may be granted to write: `context` or `entitlements`, whole or by key. */
export type WritePath<E extends z.ZodObject, X extends z.ZodObject> =
  | 'entitlements'
  | `entitlements.${Key<E>}`
  | 'context'
  | `context.${Key<X>}`

/** What a contract grants one application. Nothing is granted that is not named (rule 12). */
export interface Grants<E extends z.ZodObject, X extends z.ZodObject, S extends Signals> {
  /** What the application receives of every session document. Default: only the header. */
  readonly reads?: readonly ReadPath<E, X, S>[]
  /** What it may change, with the reason codes it may give for each. Default: nothing. */
  readonly writes?: { readonly [P in WritePath<E, X>]?: readonly string[] }
  /** The signals that it may publish. Default: none. */
  readonly publishes?: readonly (keyof S & string)[]
  /** Ceiling for `maxAge` and `outageGrace` in this application, at most `'30s'`. Default: none, every read is confirmed. */
  readonly stale?: Duration
  /** Sessions beyond the one it was shown: the person's `'own'` others, or `'all'` for an operator. Default: none. */
  readonly operates?: 'own' | 'all'
}
