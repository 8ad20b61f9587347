import {
  type AnyContract,
  expectOptions,
  parseDuration,
  type SessionCookie,
  type TokenAlgorithm,
  tokenAlgorithms,
} from '@single-state/core/protocol'
import type { GatewayConfig } from './config.ts'
import { connectionLimitsOf } from './connection-limits.ts'
import { durationText } from './duration-text.ts'
import { type EncryptionKey, readEncryptionKeys } from './encryption/encryption-keys.ts'
import { type Applications, openApplications } from './policy/applications.ts'
import { chooseCookie } from './policy/cookie-scope.ts'
import { checkOrigin } from './policy/origins.ts'
import { randomSecret, shortestSecret } from './secrets.ts'
import { endedKeptMs } from './sweep.ts'
import type { LogLevel } from './telemetry/log.ts'
import type { TlsFiles } from './tls-files.ts'

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A configuration that was checked, with every default filled in. */
export interface CheckedConfig {
  readonly contract: AnyContract
  readonly origin: string
  readonly production: boolean
  readonly applications: Applications
  /** Where a login may send a browser back to. */
  readonly allowedOrigins: ReadonlySet<string>
  readonly cookie: SessionCookie
  readonly secret: string
  /** Null where documents are stored as they are. */
  readonly encryption: { readonly keys: readonly EncryptionKey[]; readonly allowPlain: boolean } | null
  readonly signingAlgorithm: TokenAlgorithm
  /** Null where the listener speaks plain HTTP. */
  readonly tls: TlsFiles | null
  /** Whether leases are granted. */
  readonly live: boolean
  readonly keepAuditMs: number
  readonly logLevel: LogLevel
}

/** 90 d, or as long as the contract's sessions ask for. */
const defaultKeepMs = 90 * 86_400_000

const options = [
  ...[
    'contract',
    'origin',
    'store',
    'idp',
    'applications',
    'derive',
    'cookie',
    'secret',
    'encryption',
    'tls',
    'connections',
    'sessionsPerSubject',
  ],
  ...['allowMemoryInProduction', 'audit', 'log', 'signingAlgorithm', 'claimsOf', 'live'],
]

/**
 * Checks a configuration before anything is opened.
 *
 * @throws TypeError that names the option and the fix.
 */
export function checkConfig(config: GatewayConfig, env: Environment): CheckedConfig {
  checkOptions(config)
  const { contract } = config
  if (typeof contract?.lifetime?.tokenMs !== 'number') throw new TypeError('contract: expected what defineContract returned')
  const production = env['NODE_ENV'] === 'production'
  const origin = checkOrigin(config.origin, 'origin')
  checkParts(config)
  const applications = openApplications(contract, config.applications ?? {})
  const allowedOrigins = new Set([origin.origin, ...applications.all.flatMap(({ origins }) => origins)])
  const cookie = chooseCookie(
    [...allowedOrigins].map((text) => new URL(text)),
    config.cookie?.domain,
  )
  config.idp.check({ origin: origin.origin, production })
  return {
    contract,
    origin: origin.origin,
    production,
    applications,
    allowedOrigins,
    cookie,
    secret: secretOf(config, env, production),
    encryption: encryptionOf(config),
    tls: tlsOf(config),
    signingAlgorithm: algorithmOf(config.signingAlgorithm ?? 'EdDSA'),
    live: liveOf(config.live ?? true),
    keepAuditMs: keepAuditOf(config),
    logLevel: levelOf(config.log?.level ?? 'info'),
  }
}

/** A mistyped option would leave its default standing, such as no limit of sessions. */
function checkOptions(config: GatewayConfig): void {
  expectOptions(config, options, 'config')
  const { cookie, encryption, tls, connections, audit, log, sessionsPerSubject } = config
  if (cookie !== undefined) expectOptions(cookie, ['domain'], 'cookie')
  if (encryption !== undefined) expectOptions(encryption, ['keys', 'allowPlain'], 'encryption')
  if (tls !== undefined) expectOptions(tls, ['key', 'cert'], 'tls')
  if (connections !== undefined) expectOptions(connections, ['most', 'headersTimeoutMs', 'requestTimeoutMs'], 'connections')
  connectionLimitsOf(connections ?? {})
  if (audit !== undefined) expectOptions(audit, ['keep', 'sink'], 'audit')
  if (log !== undefined) expectOptions(log, ['level'], 'log')
  if (sessionsPerSubject !== undefined) expectOptions(sessionsPerSubject, ['max', 'onOverflow'], 'sessionsPerSubject')
}

function checkParts({ idp, derive, claimsOf, sessionsPerSubject }: GatewayConfig): void {
  if (typeof idp?.begin !== 'function') throw new TypeError('idp: expected oidc({ … }) or developmentPeople([ … ])')
  if (derive !== undefined && typeof derive !== 'function') throw new TypeError('derive: expected a function of the claims')
  if (claimsOf !== undefined && typeof claimsOf !== 'function') throw new TypeError('claimsOf: expected a function of issuer and subject')
  if (sessionsPerSubject === undefined) return
  const { max, onOverflow } = sessionsPerSubject
  if (!Number.isSafeInteger(max) || max < 1 || max > 1_000) throw new TypeError(`sessionsPerSubject.max: expected 1 to 1000, found ${max}`)
  if (onOverflow !== 'deny' && onOverflow !== 'end-oldest') {
    throw new TypeError(`sessionsPerSubject.onOverflow: expected 'deny' or 'end-oldest', found ${JSON.stringify(onOverflow)}`)
  }
}

/** A store that is lost with the process needs no secret that outlives it. */
function secretOf(config: GatewayConfig, env: Environment, production: boolean): string {
  const isVolatile = typeof config.store === 'string' ? config.store === 'memory' : config.store?.durability === 'memory'
  if (isVolatile && production && config.allowMemoryInProduction !== true) {
    throw new TypeError(
      "store: a memory store signs everybody out with every restart; use 'sqlite:./sessions.db', or set allowMemoryInProduction: true",
    )
  }
  const secret = config.secret ?? env['SINGLE_STATE_SECRET'] ?? ''
  if (secret.length >= shortestSecret) return secret
  if (isVolatile && secret === '') return randomSecret()
  const found = secret === '' ? 'none' : `${secret.length}`
  throw new TypeError(
    `secret: expected ${shortestSecret} random characters or more, found ${found}; make one with 'single-state keys create --secret' and set SINGLE_STATE_SECRET`,
  )
}

function encryptionOf({ encryption }: GatewayConfig): CheckedConfig['encryption'] {
  if (encryption === undefined) return null
  const { keys, allowPlain = false } = encryption
  if (typeof allowPlain !== 'boolean')
    throw new TypeError(`encryption.allowPlain: expected true or false, found ${JSON.stringify(allowPlain)}`)
  return { keys: readEncryptionKeys(keys), allowPlain }
}

function algorithmOf(algorithm: unknown): TokenAlgorithm {
  const known = tokenAlgorithms.find((one) => one === algorithm)
  if (known === undefined)
    throw new TypeError(`signingAlgorithm: expected ${tokenAlgorithms.join(' or ')}, found ${JSON.stringify(algorithm)}`)
  return known
}

function tlsOf({ tls }: GatewayConfig): TlsFiles | null {
  if (tls === undefined) return null
  for (const name of ['key', 'cert'] as const) {
    if (typeof tls[name] !== 'string' || tls[name] === '') throw new TypeError(`tls.${name}: expected the name of a PEM file`)
  }
  return tls
}

function liveOf(live: unknown): boolean {
  if (typeof live === 'boolean') return live
  throw new TypeError(`live: expected true or false, found ${JSON.stringify(live)}`)
}

/** The records of a session have to be there as long as the session is: `audit verify` compares them. */
function keepAuditOf({ audit, contract }: GatewayConfig): number {
  const leastMs = endedKeptMs(contract.lifetime)
  if (audit?.keep === undefined) return Math.max(defaultKeepMs, leastMs)
  const keepMs = parseDuration(audit.keep, 'audit.keep')
  if (keepMs >= leastMs) return keepMs
  const least = `${durationText(leastMs)} or more (the contract's absolute and token life, and an hour)`
  throw new TypeError(`audit.keep: expected ${least}, found ${durationText(keepMs)}`)
}

function levelOf(level: unknown): LogLevel {
  const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent']
  const known = levels.find((one) => one === level)
  if (known === undefined) throw new TypeError(`log.level: expected ${levels.join(', ')}; found ${JSON.stringify(level)}`)
  return known
}
