import type { AnyContract } from './contract.ts'
import { parseDuration } from './duration.ts'
import { expectOptions } from './expect-options.ts'
import type { Grants } from './paths.ts'

/** 30 s: beyond that a removed entitlement would live on longer than a person waits. */
const longestStaleMs = 30_000

const identityKeys = ['subject', 'issuer', 'authenticatedAt', 'acr', 'amr']
const grantOptions = ['reads', 'writes', 'publishes', 'stale', 'operates']

// biome-ignore lint/suspicious/noExplicitAny: checked at run time for callers without a compiler; the schemas decide the literal types.
type LooseGrants = Grants<any, any, any>

interface KnownPaths {
  readonly readable: readonly string[]
  readonly writable: readonly string[]
  readonly signals: readonly string[]
}

/** Checks what the compiler checks, for contracts that no compiler has seen: a typing mistake must not grant or withhold silently. */
export function checkGrants(contract: AnyContract): void {
  const paths = pathsOf(contract)
  const applications = Object.entries(contract.applications as Record<string, LooseGrants>)
  if (applications.length === 0) throw new TypeError('applications: expected at least one application')
  for (const [application, grants] of applications) {
    const option = `applications.${application}`
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(application)) {
      throw new TypeError(`${option}: expected a name of 1 to 32 characters of a-z, 0-9 and hyphen`)
    }
    expectOptions(grants, grantOptions, option)
    checkApplication(grants, paths, option)
  }
  expectMembers(paths.writable, contract.carryOver, 'carryOver')
}

function checkApplication(grants: LooseGrants, paths: KnownPaths, option: string): void {
  expectMembers(paths.readable, grants.reads, `${option}.reads`)
  expectMembers(paths.signals, grants.publishes, `${option}.publishes`)
  if (grants.writes !== undefined) expectOptions(grants.writes, paths.writable, `${option}.writes`)
  for (const [path, reasons] of Object.entries(grants.writes ?? {})) checkReasons(reasons, `${option}.writes['${path}']`)
  if (grants.stale !== undefined) checkStale(grants.stale, `${option}.stale`)
  if (grants.operates !== undefined) expectMembers(['own', 'all'], [grants.operates], `${option}.operates`)
}

function pathsOf(contract: AnyContract): KnownPaths {
  const part = (name: string, keys: readonly string[]) => [name, ...keys.map((key) => `${name}.${key}`)]
  const signals = Object.keys(contract.signals)
  const writable = [
    ...part('entitlements', Object.keys(contract.entitlements.shape)),
    ...part('context', Object.keys(contract.context.shape)),
  ]
  return { signals, writable, readable: [...part('identity', identityKeys), ...writable, ...part('signals', signals)] }
}

function expectMembers(known: readonly string[], found: readonly string[] | undefined, option: string): void {
  if (found === undefined) return
  if (!Array.isArray(found)) throw new TypeError(`${option}: expected a list, found ${typeof found}`)
  const unknown = found.findIndex((member) => !known.includes(member))
  if (unknown === -1) return
  throw new TypeError(`${option}: expected one of ${known.join(', ')}; found ${JSON.stringify(found[unknown])}`)
}

/** A reason is a code for an audit, not a sentence: who may read the audit must be able to count by it. */
function checkReasons(reasons: readonly string[] | undefined, option: string): void {
  if (!Array.isArray(reasons) || reasons.length === 0) throw new TypeError(`${option}: expected at least one reason code`)
  for (const reason of reasons) {
    const found = JSON.stringify(reason)
    if (typeof reason !== 'string' || !/^[a-z][a-z0-9_.-]{0,63}$/.test(reason)) {
      throw new TypeError(`${option}: expected a reason code of 1 to 64 characters of a-z, 0-9, dot, hyphen and underscore, found ${found}`)
    }
    if (reason.startsWith('signal.')) throw new TypeError(`${option}: ${found} begins like the reason of a published signal`)
  }
}

function checkStale(stale: string, option: string): void {
  const staleMs = parseDuration(stale, option)
  if (staleMs > longestStaleMs) throw new TypeError(`${option}: expected at most 30s, found ${stale}`)
}
