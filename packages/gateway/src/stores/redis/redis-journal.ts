import type { ConnectionOptions } from 'node:tls'
import { expectOptions } from '@single-state/core/protocol'
import { openConnection, type RedisConnection } from './connection.ts'
import type { EndsJournal, JournalEntry } from './ends-journal.ts'
import { parseRedisAddress } from './redis-address.ts'
import { unavailable } from './redis-failure.ts'

/** How a journal in a second Redis is made. */
export interface RedisJournalOptions {
  /** Its address, as that of a store. Not the Redis of the store, nor a replica of it. */
  readonly url: string
  /** What its key begins with. Default `'single-state:'`. */
  readonly prefix?: string
  /** Certificates and names for `rediss:`, as `node:tls` takes them. */
  readonly tls?: ConnectionOptions
}

/** 90 days: longer than any session lives, and as long as any backup is worth restoring. */
const keptMs = 90 * 86_400_000
const pageSize = 1_000

/**
 * A journal of ends in a second Redis, for several gateways. It should append to a file (`appendonly yes`).
 *
 * ```ts
 * const store = await redisStore({ url, journal: redisJournal({ url: 'redis://journal.example.com' }) })
 * ```
 *
 * @throws TypeError naming the option.
 */
export function redisJournal(options: RedisJournalOptions): EndsJournal {
  expectOptions(options, ['url', 'prefix', 'tls'], 'redisJournal')
  const { url, prefix = 'single-state:', tls } = options
  const address = parseRedisAddress(url)
  const key = `${prefix}ends`
  let opening: Promise<RedisConnection> | null = null
  let closed = false

  async function connection(): Promise<RedisConnection> {
    if (closed) throw unavailable('the journal is closed')
    opening ??= openConnection(address, tls, () => {
      opening = null
    })
    try {
      return await opening
    } catch (error) {
      opening = null
      throw error
    }
  }

  return {
    name: address.name,
    append: async (entry) => {
      const open = await connection()
      const oldest = `${Date.now() - keptMs}-0`
      await open.send('XADD', key, 'MINID', '~', oldest, '*', 'entry', JSON.stringify(entry))
    },
    since: async (mark) => {
      const open = await connection()
      const from = mark === '' ? '-' : `(${mark}`
      const found = (await open.send('XRANGE', key, from, '+', 'COUNT', pageSize)) as readonly [id: string, fields: readonly string[]][]
      const entries = found.map(([, fields]): JournalEntry => JSON.parse(fields[1] ?? ''))
      return { entries, mark: found.at(-1)?.[0] ?? mark }
    },
    close: async () => {
      closed = true
      const open = await opening?.catch(() => null)
      open?.close()
    },
  }
}
