import type { ConnectionOptions } from 'node:tls'
import { expectOptions } from '@single-state/core/protocol'
import type { EndsJournal } from './ends-journal.ts'
import { parseRedisAddress, type RedisAddress } from './redis-address.ts'

/** How a Redis store is made. */
export interface RedisStoreOptions {
  /**
   * `redis://[user:password@]host[:port][/db]`, `rediss://…` with TLS, or
   * `redis+sentinel://[user:password@]host:port,host:port/<name of the primary>`.
   */
  readonly url: string
  /** What every key begins with. Default `'single-state:'`. */
  readonly prefix?: string
  /**
   * Replicas that have to have a change before it is acknowledged: every one that may be promoted. Default: the most that
   * were ever connected since the primary became one, each within a second of its first acknowledgement. While fewer answer,
   * reads are refused and writes are `outcome_unknown`.
   */
  readonly replicas?: number
  /** Where ends are kept beside the store; see `redisJournal` and `fileJournal`. Default none. */
  readonly journal?: EndsJournal
  /**
   * What a new primary does without a journal. `'end-all'`, the default, ends every session: one that was ended may have
   * come back. `'unsafe-keep'` serves what it finds, sessions that were ended included.
   */
  readonly afterEpoch?: 'end-all' | 'unsafe-keep'
  /** Certificates and names for `rediss:`, as `node:tls` takes them. Default: the system's authorities. */
  readonly tls?: ConnectionOptions
  /** What the Sentinels themselves ask for; the address has the password of the Redis. Default none. */
  readonly sentinelPassword?: string
  /** For tests: the store's clock, milliseconds since 1970. Default the clock of the Redis. */
  readonly clock?: () => number
}

/** Options with their defaults. */
export interface RedisSettings {
  readonly address: RedisAddress
  readonly prefix: string
  readonly replicas: number | null
  readonly journal: EndsJournal | null
  readonly afterEpoch: 'end-all' | 'unsafe-keep'
  readonly tls: ConnectionOptions | undefined
  readonly clock: (() => number) | null
}

const names = ['url', 'prefix', 'replicas', 'journal', 'afterEpoch', 'tls', 'sentinelPassword', 'clock']

/**
 * Checks options.
 *
 * @throws TypeError naming the option.
 */
export function checkRedisOptions(options: RedisStoreOptions): RedisSettings {
  expectOptions(options, names, 'redisStore')
  const { url, prefix = 'single-state:', replicas, journal, afterEpoch = 'end-all', tls, sentinelPassword, clock } = options
  const address = withSentinelPassword(parseRedisAddress(url), sentinelPassword)
  if (typeof prefix !== 'string' || prefix === '' || prefix.length > 64) throw new TypeError('prefix: expected 1 to 64 characters')
  if (replicas !== undefined && (!Number.isSafeInteger(replicas) || replicas < 0 || replicas > 16)) {
    throw new TypeError(`replicas: expected 0 to 16, found ${replicas}`)
  }
  if (afterEpoch !== 'end-all' && afterEpoch !== 'unsafe-keep') {
    throw new TypeError(`afterEpoch: expected 'end-all' or 'unsafe-keep', found ${JSON.stringify(afterEpoch)}`)
  }
  if (journal !== undefined && typeof journal?.append !== 'function')
    throw new TypeError('journal: expected redisJournal({ … }) or fileJournal({ … })')
  return { address, prefix, replicas: replicas ?? null, journal: journal ?? null, afterEpoch, tls, clock: clock ?? null }
}

function withSentinelPassword(address: RedisAddress, password: string | undefined): RedisAddress {
  if (password === undefined) return address
  if (typeof password !== 'string' || password === '') throw new TypeError('sentinelPassword: expected a password')
  if (address.sentinels === null) throw new TypeError('sentinelPassword: expected redis+sentinel:// in url, found no Sentinel')
  return { ...address, sentinels: { ...address.sentinels, password } }
}
