import type { z } from 'zod'
import type { Duration } from './duration.ts'
import type { Grants, Signals, WritePath } from './paths.ts'

/** An object schema without keys: what a contract has that names no `entitlements` or no `context`. Its declarations name it. */
export type NoKeys = z.ZodObject<Record<never, never>>

/** What an organisation writes once and all its applications and its gateway import. */
export interface ContractDefinition<
  E extends z.ZodObject,
  X extends z.ZodObject,
  S extends Signals,
  A extends Readonly<Record<string, Grants<E, X, S>>>,
> {
  /** Names the organisation's contract; 1 to 64 characters of a-z, 0-9 and hyphen. */
  readonly name: string
  /** Raise it with every change that `single-state contract check` calls breaking. Default 1. */
  readonly revision?: number
  /** Inputs to authorisation: roles, plan, permissions. Default: no keys. */
  readonly entitlements?: E
  /** Small shared state such as a default tenant or locale. Default: no keys. */
  readonly context?: X
  /** Short-lived messages between applications. Default: none. */
  readonly signals?: S
  /** The applications and what each is granted. */
  readonly applications: A & Known<A, E, X, S>
  /** Paths that a new session takes over from the one it replaces, of the same person (rule 13). Default: none. */
  readonly carryOver?: readonly WritePath<E, X>[]
  readonly lifetime?: {
    /** How long a token is believed without asking the gateway; at most `'5m'`. Default `'5m'`. */
    readonly token?: Duration
    /** Ends a session that nobody uses. Default `'30m'`. */
    readonly idle?: Duration
    /** Ends every session, used or not. Default `'12h'`. */
    readonly absolute?: Duration
  }
  readonly limits?: {
    /** Largest document as JSON in UTF-8, in bytes; 1,024 to 65,536. Default 8,192. */
    readonly bytes?: number
  }
  /** Keys that are personal data by their name and are kept all the same. Default: none. */
  readonly allowPersonalData?: readonly string[]
}

/** Grants without a key that means nothing: what is inferred from a literal is not checked for excess keys by itself. */
type Known<A, E extends z.ZodObject, X extends z.ZodObject, S extends Signals> = {
  readonly [Application in keyof A]: {
    readonly [Option in keyof A[Application]]: Option extends 'writes'
      ? { readonly [Path in keyof A[Application][Option]]: Path extends WritePath<E, X> ? readonly string[] : never }
      : Option extends keyof Grants<E, X, S>
        ? unknown
        : never
  }
}

/** A checked contract: every default filled in, every duration in milliseconds. */
export interface Contract<
  E extends z.ZodObject = z.ZodObject,
  X extends z.ZodObject = z.ZodObject,
  S extends Signals = Signals,
  A extends Readonly<Record<string, unknown>> = Readonly<Record<string, unknown>>,
> {
  readonly name: string
  readonly revision: number
  readonly entitlements: E
  readonly context: X
  readonly signals: S
  readonly applications: A
  readonly carryOver: readonly string[]
  readonly lifetime: { readonly tokenMs: number; readonly idleMs: number; readonly absoluteMs: number }
  readonly limits: { readonly bytes: number }
}

/** Any contract, where code does not depend on one organisation's types. */
// biome-ignore lint/suspicious/noExplicitAny: the applications of a contract are typed by its schemas; only `any` is above all of them.
export type AnyContract = Contract<any, any, any, any>

/** The names of a contract's applications. */
export type ApplicationName<C extends AnyContract> = keyof C['applications'] & string
