import type { AnyContract } from './define-contract.ts'
import { parseDuration } from './duration.ts'
import type { Grants } from './paths.ts'

/** 30 s: beyond that a removed entitlement would live on longer than a person waits. */
const longestStaleMs = 30_000

const identityKeys = ['subject', 'issuer', 'authenticatedAt', 'acr', 'amr']

// biome-ignore lint/suspicious/noExplicitAny: checked at run time for callers without a compiler; the schemas decide the literal types.
type LooseGrants = Grants<any, any, any>

/** Checks what the compiler checks, for contracts that no compiler has seen: a typing mistake must not grant or withhold silently. */
export function checkGrants(contract: AnyContract): void {
  const paths = pathsOf(contract)
  for (const [application, grants] of Object.entries(contract.applications as Record<string, LooseGrants>)) {
    const option = `applications.${application}`
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(application)) {
      throw new TypeError(`${option}: expected a name of 1 to 32 characters of a-z, 0-9 and hyphen`)
    }
    for (const path of grants.reads ?? []) expectMember(paths.readable, path, `${option}.reads`)
    for (const [path, reasons] of Object.entries(grants.writes ?? {})) {
      expectMember(paths.writable, path, `${option}.writes`)
      checkReasons(reasons, `${option}.writes['${path}']`)
    }
    for (const name of grants.publishes ?? []) expectMember(Object.keys(contract.signals), name, `${option}.publishes`)
    if (grants.stale !== undefined) checkStale(grants.stale, `${option}.stale`)
    if (grants.operates !== undefined) expectMember(['own', 'all'], grants.operates, `${option}.operates`)
  }
  for (const path of contract.carryOver) expectMember(paths.writable, path, 'carryOver')
}

function pathsOf(contract: AnyContract): { readable: string[]; writable: string[] } {
  const part = (name: string, keys: readonly string[]) => [name, ...keys.map((key) => `${name}.${key}`)]
  const writable = [
    ...part('entitlements', Object.keys(contract.entitlements.shape)),
    ...part('context', Object.keys(contract.context.shape)),
  ]
  return { writable, readable: [...part('identity', identityKeys), ...writable, ...part('signals', Object.keys(contract.signals))] }
}

function expectMember(known: readonly string[], found: string, option: string): void {
  if (!known.includes(found)) throw new TypeError(`${option}: expected one of ${known.join(', ')}; found ${JSON.stringify(found)}`)
}

/** A reason is a code for an audit, not a sentence: who may read the audit must be able to count by it. */
function checkReasons(reasons: readonly string[] | undefined, option: string): void {
  if (!Array.isArray(reasons) || reasons.length === 0) throw new TypeError(`${option}: expected at least one reason code`)
  for (const reason of reasons) {
    if (!/^[a-z][a-z0-9_.-]{0,63}$/.test(reason)) {
      throw new TypeError(
        `${option}: expected a reason code of 1 to 64 characters of a-z, 0-9, dot, hyphen and underscore, found ${JSON.stringify(reason)}`,
      )
    }
    if (reason.startsWith('signal.'))
      throw new TypeError(`${option}: ${JSON.stringify(reason)} begins like the reason of a published signal`)
  }
}

function checkStale(stale: string, option: string): void {
  const staleMs = parseDuration(stale, option)
  if (staleMs > longestStaleMs) throw new TypeError(`${option}: expected at most 30s, found ${stale}`)
}
