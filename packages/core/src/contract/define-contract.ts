import { z } from 'zod'
import { checkGrants } from './check-grants.ts'
import { type Duration, parseDuration } from './duration.ts'
import type { Grants, Signals, WritePath } from './paths.ts'
import { personalDataIn } from './personal-data.ts'

/** An object schema without keys: what a contract has that names no `entitlements` or no `context`. */
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
  readonly applications: A
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

/** 5 minutes: how long a stolen token is believed where the gateway is not asked. */
const longestTokenMs = 300_000

/**
 * Declares what a session document is in one organisation and who may read and write which part of it.
 *
 * ```ts
 * export const contract = defineContract({
 *   name: 'acme',
 *   entitlements: z.object({ roles: z.array(z.string()) }),
 *   applications: { portal: { reads: ['identity', 'entitlements'] } },
 * })
 * ```
 *
 * @throws TypeError that names the option, when the contract contradicts itself or would hold personal data.
 */
export function defineContract<
  E extends z.ZodObject = NoKeys,
  X extends z.ZodObject = NoKeys,
  S extends Signals = Readonly<Record<never, never>>,
  const A extends Readonly<Record<string, Grants<E, X, S>>> = Readonly<Record<string, Grants<E, X, S>>>,
>(definition: ContractDefinition<E, X, S, A>): Contract<E, X, S, A> {
  const contract: Contract<E, X, S, A> = {
    name: definition.name,
    revision: definition.revision ?? 1,
    entitlements: definition.entitlements ?? (z.object({}) as unknown as E),
    context: definition.context ?? (z.object({}) as unknown as X),
    signals: definition.signals ?? ({} as S),
    applications: definition.applications,
    carryOver: definition.carryOver ?? [],
    lifetime: {
      tokenMs: parseDuration(definition.lifetime?.token ?? '5m', 'lifetime.token'),
      idleMs: parseDuration(definition.lifetime?.idle ?? '30m', 'lifetime.idle'),
      absoluteMs: parseDuration(definition.lifetime?.absolute ?? '12h', 'lifetime.absolute'),
    },
    limits: { bytes: definition.limits?.bytes ?? 8_192 },
  }
  checkHeader(contract)
  checkLifetime(contract.lifetime)
  checkSchemas(contract)
  checkGrants(contract)
  checkPersonalData(contract, definition.allowPersonalData ?? [])
  return Object.freeze(contract)
}

function checkHeader({ name, revision, limits }: AnyContract): void {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) {
    throw new TypeError(`name: expected 1 to 64 characters of a-z, 0-9 and hyphen, found ${JSON.stringify(name)}`)
  }
  if (!Number.isSafeInteger(revision) || revision < 1) {
    throw new TypeError(`revision: expected a whole number from 1, found ${revision}`)
  }
  if (!Number.isSafeInteger(limits.bytes) || limits.bytes < 1_024 || limits.bytes > 65_536) {
    throw new TypeError(`limits.bytes: expected 1024 to 65536, found ${limits.bytes}`)
  }
}

function checkLifetime({ tokenMs, idleMs, absoluteMs }: AnyContract['lifetime']): void {
  if (tokenMs < 1_000 || tokenMs > longestTokenMs) {
    throw new TypeError(`lifetime.token: expected 1s to 5m, found ${tokenMs} ms`)
  }
  // An idle end before the token's would sign people out who are working: activity is recorded at the exchange (rule 10).
  if (tokenMs >= idleMs) throw new TypeError(`lifetime.idle: expected more than lifetime.token (${tokenMs} ms), found ${idleMs} ms`)
  if (idleMs > absoluteMs) throw new TypeError(`lifetime.absolute: expected at least lifetime.idle (${idleMs} ms), found ${absoluteMs} ms`)
}

/** Documents travel as JSON, so a schema that JSON cannot carry (dates, transforms, bigint) is refused here and not at the first login. */
function checkSchemas(contract: AnyContract): void {
  const schemas: [string, z.ZodType][] = [
    ['entitlements', contract.entitlements],
    ['context', contract.context],
    ...Object.entries(contract.signals as Signals).map(([name, { schema }]): [string, z.ZodType] => [`signals.${name}`, schema]),
  ]
  for (const [option, schema] of schemas) {
    try {
      z.toJSONSchema(schema, { unrepresentable: 'throw' })
    } catch (cause) {
      throw new TypeError(`${option}: expected a schema of plain JSON values`, { cause })
    }
  }
}

function checkPersonalData(contract: AnyContract, allowed: readonly string[]): void {
  const schemas = {
    entitlements: contract.entitlements,
    context: contract.context,
    ...Object.fromEntries(Object.entries(contract.signals as Signals).map(([name, { schema }]) => [`signals.${name}`, schema])),
  }
  for (const [part, schema] of Object.entries(schemas)) {
    const found = personalDataIn(z.toJSONSchema(schema)).find((key) => !allowed.includes(key))
    if (found) {
      throw new TypeError(`${part}: "${found}" is personal data by its name; keep an identifier instead, or name it in allowPersonalData`)
    }
  }
}
