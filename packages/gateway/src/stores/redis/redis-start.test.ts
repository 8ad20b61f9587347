import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { startSentinel } from '../../../../../tools/servers/redis-server.ts'
import { freePort, skipWithout } from '../../../../../tools/servers/server-process.ts'
import { createRedisNodes, newPrefix } from './fixtures/redis-nodes.ts'
import type { RedisStoreOptions } from './redis-options.ts'
import { redisStore } from './redis-store.ts'

const nodes = createRedisNodes()
afterEach(nodes.close)

describe.skipIf(skipWithout('redis-server', 'redis-cli'))('redisStore, opened', () => {
  it('refuses a Redis Cluster', async () => {
    const { url } = await nodes.start({ args: ['--cluster-enabled', 'yes'] })
    await expect(redisStore({ url })).rejects.toThrow(
      new TypeError(
        'store: expected one primary with replicas, found a Redis Cluster: it cannot change a session and its audit in one step',
      ),
    )
  })

  it('refuses a Redis that evicts, and names its policy', async () => {
    const { url } = await nodes.start({ args: ['--maxmemory-policy', 'allkeys-lru'] })
    await expect(redisStore({ url })).rejects.toThrow(
      new TypeError('store: expected maxmemory-policy noeviction, found allkeys-lru: it would drop sessions and their tombstones'),
    )
  })

  it('takes no replica for its primary', async () => {
    const primary = await nodes.start()
    const { url } = await nodes.start({ replicaOf: primary })
    await expect(redisStore({ url })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('this is a replica'),
    })
  })

  it('says when nobody answers, without the password', async () => {
    const url = `redis://user:secret@127.0.0.1:${await freePort()}`
    const failure = await redisStore({ url }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'store_unavailable' })
    expect(inspect(failure, { depth: 9 })).not.toContain('secret')
  })

  it('says that a password is wrong, without the password', async () => {
    const { port } = await nodes.start({ args: ['--requirepass', 'right'] })
    const failure = await redisStore({ url: `redis://:secret@127.0.0.1:${port}` }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'store_unavailable' })
    expect(inspect(failure, { depth: 9 })).not.toContain('secret')
  })

  it('shows the Sentinels their own password, and says without it that nobody answers, in words that have none', async () => {
    const primary = await nodes.start({ args: ['--requirepass', 'of-the-redis'] })
    const sentinel = nodes.keep(await startSentinel({ primary, primaryPassword: 'of-the-redis' }))
    await sentinel.cli('ACL', 'SETUSER', 'default', 'resetpass', '>of-the-sentinels')
    const url = `redis+sentinel://:of-the-redis@127.0.0.1:${sentinel.port}/sessions`
    for (const wrong of [{}, { sentinelPassword: 'secret' }]) {
      const failure = await redisStore({ url, ...wrong }).catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: 'store_unavailable' })
      expect(inspect(failure, { depth: 9 })).not.toMatch(/secret|of-the/)
    }
    const store = await nodes.open({ url, sentinelPassword: 'of-the-sentinels' })
    expect((await store.read(['a'])).records).toEqual([null])
  })

  it('says what an acknowledged change survives: nothing without a file, a restart with one', async () => {
    const [volatile, lasting] = [await nodes.start(), await nodes.start({ args: ['--appendonly', 'yes'] })]
    const stores = [await nodes.open({ url: volatile.url }), await nodes.open({ url: lasting.url })]
    expect(stores.map(({ durability }) => durability)).toEqual(['memory', 'disk'])
    const [noted] = await Promise.all(stores.map((store) => store.diagnose()))
    expect(noted).toContainEqual({
      level: 'warn',
      found: 'no append-only file: a restart loses what changed last',
      fix: 'set appendonly yes',
    })
  })

  it('keeps stores of other prefixes apart', async () => {
    const { url } = await nodes.start()
    const [one, other] = [await nodes.open({ url, prefix: newPrefix() }), await nodes.open({ url, prefix: newPrefix() })]
    await one.saveSigningKeys(0, ['key'])
    expect(await other.signingKeys()).toEqual({ revision: 0, keys: [] })
  })
})

describe('redisStore, asked for', () => {
  it.each<[string, Partial<Record<keyof RedisStoreOptions, unknown>>, string]>([
    ['no prefix', { prefix: '' }, 'prefix: expected 1 to 64 characters'],
    ['half a replica', { replicas: 0.5 }, 'replicas: expected 0 to 16, found 0.5'],
    ['another afterEpoch', { afterEpoch: 'trust' }, "afterEpoch: expected 'end-all' or 'unsafe-keep', found \"trust\""],
    ['a password for no Sentinel', { sentinelPassword: 'x' }, 'sentinelPassword: expected redis+sentinel:// in url, found no Sentinel'],
    ['something for a journal', { journal: {} }, 'journal: expected redisJournal({ … }) or fileJournal({ … })'],
  ])('with %s refuses before it connects', async (_, options, message) => {
    const given = { url: 'redis://127.0.0.1:1', ...options } as RedisStoreOptions
    await expect(redisStore(given)).rejects.toThrow(new TypeError(message))
  })

  it('refuses an option that it does not know', async () => {
    await expect(redisStore({ url: 'redis://127.0.0.1:1', replica: 1 } as RedisStoreOptions)).rejects.toThrow(TypeError)
  })
})
