import { afterEach, describe, expect, it } from 'vitest'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { changeOf, created, entryOf, idleMs, signalOf, stored } from '../../store-contract/bench.ts'
import { createRedisNodes } from './fixtures/redis-nodes.ts'
import { openLink } from './link.ts'
import { checkRedisOptions } from './redis-options.ts'
import { readScript } from './scripts/looks.ts'

const nodes = createRedisNodes()
afterEach(nodes.close)

async function open() {
  const redis = await nodes.start()
  const options = { url: redis.url, prefix: 'p:' }
  return { redis, options, store: await nodes.open(options) }
}

describe.skipIf(skipWithout('redis-server', 'redis-cli'))('a session that was read before', () => {
  it('is answered with the record that there is, itself, until it changes', async () => {
    const { store } = await open()
    await created(store, 'a')
    const met = await stored(store, 'a')
    expect((await store.read(['a'], [met])).records[0]).toBe(met)
    await store.commit(changeOf(met), entryOf('update'))
    const changed = (await store.read(['a'], [met])).records[0] ?? null
    expect(changed).toMatchObject({ version: 2 })
    expect((await store.read(['a'], [changed])).records[0]).toBe(changed)
  })

  it('is not taken for what it was when a field of it was altered by hand, its version being the same', async () => {
    const { redis, store } = await open()
    const first = await created(store, 'a')
    await store.commit(signalOf(first, 's', 1, 60_000), entryOf('signal'))
    await store.exchange('a', 1, idleMs, entryOf('exchange'))
    await store.confirm('a', 2)
    const altered = {
      body: 'body of A',
      signals: '[]',
      writes: '[["k","h",2]]',
      version: '7',
      draw: 'draw9999',
      contract: '9',
      ended: 'revoked',
      endedAtMs: '1',
      expiresAtMs: '2',
      idleAtMs: '3',
      lastExchangeAtMs: '4',
      generation: '5',
      confirmedAtMs: '6',
    }
    for (const [field, value] of Object.entries(altered)) {
      const met = await stored(store, 'a')
      await redis.cli('HSET', 'p:session:a', field, value)
      const { records } = await store.read(['a'], [met])
      expect(records, field).not.toEqual([met])
      expect(records, field).toEqual((await store.read(['a'])).records)
    }
  })

  it('is answered with the count of its newest change, met or not: its replicas have to have that', async () => {
    const { store, options } = await open()
    await created(store, 'a')
    await created(store, 'b')
    await created(store, 'c')
    const link = await openLink(checkRedisOptions(options), () => {})
    try {
      const read = async (...args: string[]) => (await link.read(readScript, args)).slice(4)
      const [[[, digest]], newest] = (await read('b', '')) as [[[string, string]], number]
      expect(newest).toBe(2)
      expect(await read('b', digest)).toEqual([[1], 2])
      expect(await read('b', digest, 'a', '')).toEqual([[1, [expect.any(String), expect.any(String)]], 2])
      expect(await read('b', digest, 'x', '')).toEqual([[1, null], -1])
      expect(await read('x', digest)).toEqual([[null], -1])
      expect(await read()).toEqual([[], 0])
    } finally {
      link.close()
    }
  })
})
