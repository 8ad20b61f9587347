import type { CacheLimits } from '../cache/snapshot-cache.ts'
import type { Clock } from './clock.ts'
import type { ClientLog } from './log.ts'
import type { ReadOptions } from './session-result.ts'
import type { Transport } from './transport.ts'

/** What a client is told. Only `application` is required where the environment gives the rest. */
export interface SessionClientOptions<Application extends string = string> {
  /** Which application of the contract this process is. */
  readonly application: Application
  /** The gateway's origin. Default: the environment's `SINGLE_STATE_GATEWAY`. */
  readonly gateway?: string | undefined
  /** The application's key. Default: the environment's `SINGLE_STATE_KEY`. */
  readonly key?: string | undefined
  /** Allows an `http:` gateway that is not on this machine: key and tokens then travel unencrypted. Default false. */
  readonly allowPlainHttp?: boolean
  /** Carries requests to the gateway's origin. Default: the platform's `fetch`; on Node.js adapters use undici. */
  readonly transport?: (gatewayOrigin: string) => Transport
  /** Freshness of every read that names none. Default strict. */
  readonly defaults?: ReadOptions
  /**
   * Takes the signed session context that a proxy in front of this application passes on from the gateway's
   * `/v1/forward-auth`. Reads that name no freshness are then `{ maxAge: '5s' }`, within the contract's `stale`, which must
   * allow some. Default false.
   */
  readonly forwardAuth?: boolean
  /** Bounds of the snapshot cache. Default 10,000 sessions and 32 MiB. */
  readonly cache?: CacheLimits
  readonly clock?: Clock
  /** Takes reports of our own mistakes and the gateway's state. Default: the console. */
  readonly log?: ClientLog
}

/** The address and key of the gateway, checked. */
export interface GatewayAddress {
  readonly origin: string
  readonly key: string
}

/**
 * Address and key, from the options or the environment.
 *
 * @throws TypeError that names the option and the environment variable.
 */
export function gatewayAddressOf(options: SessionClientOptions): GatewayAddress {
  const origin = originOf(options.gateway ?? environment('SINGLE_STATE_GATEWAY'), options.allowPlainHttp ?? false)
  const key = options.key ?? environment('SINGLE_STATE_KEY')
  if (!key) throw new TypeError('key: expected the application key, in the option or in SINGLE_STATE_KEY')
  const owner = /^ss_([a-z][a-z0-9-]*)_[A-Za-z0-9_-]{43}$/.exec(key)?.[1]
  if (!owner) throw new TypeError('key: expected the form ss_<application>_ and 43 characters, as single-state keys create prints it')
  if (owner !== options.application) {
    throw new TypeError(`key: expected a key of application "${options.application}", found one of "${owner}"`)
  }
  return { origin, key }
}

function originOf(text: string | undefined, allowPlainHttp: boolean): string {
  if (!text) throw new TypeError("gateway: expected the gateway's origin, in the option or in SINGLE_STATE_GATEWAY")
  const url = URL.parse(text)
  if (!url || !isOrigin(url))
    throw new TypeError(`gateway: expected an origin such as https://session.example.com, found ${shownText(text)}`)
  if (url.protocol === 'http:' && !allowPlainHttp && !isLoopback(url.hostname)) {
    throw new TypeError(`gateway: expected https for ${url.hostname}; allowPlainHttp sends key and tokens unencrypted`)
  }
  return url.origin
}

function isOrigin({ protocol, username, password, pathname, search, hash }: URL): boolean {
  return (protocol === 'https:' || protocol === 'http:') && pathname === '/' && username + password + search + hash === ''
}

/** Two variables are easily swapped, and a message ends up in a log: a key or a password is not repeated. */
function shownText(text: string): string {
  if (text.startsWith('ss_')) return 'an application key'
  return text.includes('@') ? 'an address with a password' : JSON.stringify(text)
}

/** Whether a host name is this machine (RFC 6761 section 6.3 for `.localhost`). */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/** Runtimes without `process` have no environment: there the options must say it. */
function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  return process?.env?.[name]
}
