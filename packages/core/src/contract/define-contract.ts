import { z } from 'zod'
import { checkGrants } from './check-grants.ts'
import { checkPersonalData, checkSchemas } from './check-schemas.ts'
import type { AnyContract, Contract, ContractDefinition, NoKeys } from './contract.ts'
import { deepFreeze } from './deep-freeze.ts'
import { parseDuration } from './duration.ts'
import { expectOptions } from './expect-options.ts'
import type { Grants, Signals } from './paths.ts'

export type { AnyContract, ApplicationName, Contract, ContractDefinition, NoKeys } from './contract.ts'

/** 5 minutes: how long a stolen token is believed where the gateway is not asked. */
const longestTokenMs = 300_000

/** A year: who has not signed in for longer is no longer known to be who they were. */
const longestAbsoluteMs = 31_536_000_000

const contractOptions = [
  ...['name', 'revision', 'entitlements', 'context', 'signals', 'applications'],
  ...['carryOver', 'lifetime', 'limits', 'allowPersonalData'],
]

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
  checkOptions(definition)
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
  return frozen(contract)
}

/** A copy of its own, frozen at every depth; the schemas alone are shared, they belong to their library. */
function frozen<C extends AnyContract>(contract: C): C {
  const { applications, carryOver, signals, ...rest } = contract
  const ownSignals = Object.entries(signals as Signals).map(([name, { schema, ttlMs }]) => [name, { schema, ttlMs }])
  return deepFreeze({ ...rest, ...structuredClone({ applications, carryOver }), signals: Object.fromEntries(ownSignals) } as C)
}

function checkOptions(definition: unknown): void {
  expectOptions(definition, contractOptions, 'contract')
  const { lifetime, limits, applications } = definition as { lifetime?: unknown; limits?: unknown; applications?: unknown }
  if (lifetime !== undefined) expectOptions(lifetime, ['token', 'idle', 'absolute'], 'lifetime')
  if (limits !== undefined) expectOptions(limits, ['bytes'], 'limits')
  if (typeof applications !== 'object' || applications === null) throw new TypeError('applications: expected an object')
}

function checkHeader({ name, revision, limits }: AnyContract): void {
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) {
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
  if (absoluteMs > longestAbsoluteMs) throw new TypeError(`lifetime.absolute: expected at most 365d, found ${absoluteMs} ms`)
}
