import { hash as hashOnce, timingSafeEqual } from 'node:crypto'
import { type AnyContract, type Grants, parseDuration } from '@single-state/core/protocol'
import type { ApplicationConfig } from '../config.ts'
import { checkOrigin } from './origins.ts'

/** An application as the gateway judges it: what the contract grants, with every default filled in. */
export interface Application {
  readonly name: string
  readonly reads: readonly string[]
  /** The reason codes of each path that it may write. */
  readonly writes: Readonly<Record<string, readonly string[]>>
  readonly publishes: readonly string[]
  readonly operates: 'own' | 'all' | null
  readonly staleMs: number
  readonly origins: readonly string[]
  /** Names what it sees of a document, in entity tags: another contract or other grants make another projection. */
  readonly projection: string
}

/** Who an application key belongs to. */
export interface Applications {
  readonly all: readonly Application[]
  /** Names what all of them see of documents: it changes with the contract and its grants. */
  readonly projections: string
  /** Keys are compared in constant time, and with all of them. */
  readonly identify: (key: string) => Application | null
}

// biome-ignore lint/suspicious/noExplicitAny: any contract's grants, whatever its paths.
type LooseGrants = Grants<any, any, any>

/**
 * Joins the contract's applications with their configuration.
 *
 * @throws TypeError that names the application and the fix.
 */
export function openApplications(contract: AnyContract, configured: Readonly<Record<string, ApplicationConfig>>): Applications {
  const names = Object.keys(contract.applications)
  const unknown = Object.keys(configured).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new TypeError(`applications.${unknown}: the contract has no such application; it has ${names.join(', ')}`)
  const entries = names.flatMap((name) => {
    const config = configured[name]
    const hashes = hashesOf(name, config?.key)
    const application = applicationOf(contract, name, config as ApplicationConfig)
    return hashes.map((hash) => ({ hash, application }))
  })
  checkDistinct(entries.map(({ hash, application }) => ({ hash, name: application.name })))
  const all = [...new Set(entries.map(({ application }) => application))]
  return {
    all,
    projections: sha256(all.map(({ projection }) => projection).join('\n'))
      .toString('base64url')
      .slice(0, 8),
    identify: (key) => {
      const shown = sha256(key)
      const matches = entries.filter(({ hash }) => timingSafeEqual(hash, shown))
      return matches[0]?.application ?? null
    },
  }
}

function applicationOf(contract: AnyContract, name: string, config: ApplicationConfig): Application {
  const grants = (contract.applications as Record<string, LooseGrants>)[name] as LooseGrants
  const reads = grants.reads ?? []
  if (!Array.isArray(config.origins)) throw new TypeError(`applications.${name}.origins: expected a list, empty for one without pages`)
  const origins = config.origins.map((origin, at) => checkOrigin(origin, `applications.${name}.origins[${at}]`).origin)
  return {
    name,
    reads,
    writes: (grants.writes ?? {}) as Record<string, readonly string[]>,
    publishes: grants.publishes ?? [],
    operates: grants.operates ?? null,
    staleMs: grants.stale === undefined ? 0 : parseDuration(grants.stale, `applications.${name}.stale`),
    origins,
    projection: sha256([contract.name, contract.revision, name, ...reads].join('\n'))
      .toString('base64url')
      .slice(0, 8),
  }
}

/** The application that a key claims to be of, whether or not it is right: so that a wrong key can be named in the log. */
export function claimedApplication(key: string): string | null {
  return /^ss_([a-z][a-z0-9-]{0,31})_/.exec(key)?.[1] ?? null
}

/** One key, or two while one takes the place of the other. */
function hashesOf(name: string, key: ApplicationConfig['key']): readonly Buffer[] {
  if (!Array.isArray(key)) return [hashOfKey(name, key as string | undefined, 'key')]
  if (key.length !== 2) throw new TypeError(`applications.${name}.key: expected one key or two, found ${key.length}`)
  return key.map((one, at) => hashOfKey(name, one, `key[${at}]`))
}

function hashOfKey(name: string, key: string | undefined, option: string): Buffer {
  const fix = `make one with 'single-state keys create ${name}'`
  if (typeof key !== 'string' || key === '') throw new TypeError(`applications.${name}.${option}: expected a key; ${fix}`)
  const hash = /^sha256:([0-9a-f]{64})$/.exec(key)?.[1]
  if (hash !== undefined) return Buffer.from(hash, 'hex')
  const shaped = key.startsWith(`ss_${name}_`) && /^[A-Za-z0-9_-]{43}$/.test(key.slice(`ss_${name}_`.length))
  if (!shaped)
    throw new TypeError(`applications.${name}.${option}: expected ss_${name}_ and 43 characters, or sha256: and 64 hex digits; ${fix}`)
  return sha256(key)
}

/** One key for two applications would give the first the other's name. */
function checkDistinct(entries: readonly { readonly hash: Buffer; readonly name: string }[]): void {
  for (const [at, { hash, name }] of entries.entries()) {
    const twin = entries.slice(0, at).find((other) => other.hash.equals(hash))
    if (twin?.name === name) throw new TypeError(`applications.${name}.key: is the same key twice`)
    if (twin) throw new TypeError(`applications.${name}.key: is the key of ${twin.name}; each application has its own`)
  }
}

/** In one call: a hash object takes as long again as the hash, and every request makes one. */
function sha256(text: string): Buffer {
  return hashOnce('sha256', text, 'buffer')
}
