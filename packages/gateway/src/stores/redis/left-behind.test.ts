import { afterEach, describe, expect, it } from 'vitest'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { absoluteMs, ada, createClock, created, entryOf } from '../../store-contract/bench.ts'
import { createRedisNodes } from './fixtures/redis-nodes.ts'

const nodes = createRedisNodes()
afterEach(nodes.close)

describe.skipIf(skipWithout('redis-server', 'redis-cli'))('what a Redis is left with', () => {
  it('after a sweep is nothing of what was swept', async () => {
    const redis = await nodes.start()
    const clock = createClock()
    const store = await nodes.open({ url: redis.url, prefix: 'p:', clock: clock.now })
    await created(store, 'ended', { idpSession: 'i' })
    await store.end('ended', 'revoked', entryOf('end'))
    await created(store, 'runs out', { idpSession: 'i' })
    await store.endAll(entryOf('end_all'))
    clock.advance(absoluteMs + 1)
    const bounds = { endedBeforeMs: clock.now(), auditBeforeMs: clock.now(), limit: 100 }
    expect(await store.sweep(bounds)).toEqual({ sessions: 2, audit: 4 })
    const keys = (await redis.cli('KEYS', '*')).trim().split('\n').sort()
    expect(keys).toEqual(['p:audit', 'p:changes', 'p:store'])
    expect(await redis.cli('XLEN', 'p:audit')).toBe('0\n')
    expect((await store.listBySubject(ada)).records).toEqual([])
  })

  it('should a sweep never come goes by itself, long after the session', async () => {
    const redis = await nodes.start()
    const store = await nodes.open({ url: redis.url, prefix: 'p:' })
    await created(store, 'a')
    const days = Number(await redis.cli('PTTL', 'p:session:a')) / 86_400_000
    expect(days).toBeGreaterThan(30)
    await store.end('a', 'revoked', entryOf('end'))
    expect(Number(await redis.cli('PTTL', 'p:session:a')) / 86_400_000).toBeGreaterThan(30)
  })
})
