import { afterEach, describe, expect, it } from 'vitest'
import { freePort, skipWithout } from '../../../../../tools/servers/server-process.ts'
import { changeOf, committed, created, entryOf, stored } from '../../store-contract/bench.ts'
import { eventually } from './fixtures/eventually.ts'
import { openWay } from './fixtures/forgetful-way.ts'
import { createRedisNodes } from './fixtures/redis-nodes.ts'

const unavailable = { code: 'store_unavailable' }
const nodes = createRedisNodes()
afterEach(nodes.close)

describe.skipIf(skipWithout('redis-server', 'redis-cli'))('a Redis that fails', () => {
  it('leaves a write unknown that it did not answer any more, and refuses the next ones before they are sent', async () => {
    const redis = await nodes.start()
    const store = await nodes.open({ url: redis.url })
    const first = await created(store, 'a')
    redis.signal('SIGSTOP')
    const unanswered = expect(store.commit(changeOf(first), entryOf('update'))).rejects.toMatchObject({ code: 'outcome_unknown' })
    await redis.stop('SIGKILL')
    await unanswered
    await eventually(async () => {
      await expect(store.commit(changeOf(first), entryOf('update'))).rejects.toMatchObject(unavailable)
    })
    await expect(store.read(['a'])).rejects.toMatchObject(unavailable)
  })

  it('gives up on a server that is silent: a read is unavailable, a write unknown, and the next connection reads again', async () => {
    const redis = await nodes.start()
    const store = await nodes.open({ url: redis.url })
    await created(store, 'a')
    const second = await committed(store, 'a')
    redis.signal('SIGSTOP')
    const [read, commit] = await Promise.allSettled([store.read(['a']), store.commit(changeOf(second), entryOf('update'))])
    expect([read, commit]).toMatchObject([{ reason: unavailable }, { reason: { code: 'outcome_unknown' } }])
    redis.signal('SIGCONT')
    // It was applied after all: nobody sent it twice.
    expect((await eventually(() => stored(store, 'a'))).version).toBe(3)
  })

  it('is reached by a new connection when the old one is silent: a firewall that has forgotten it', async () => {
    const redis = await nodes.start()
    const way = await openWay(redis.port)
    const store = await nodes.open({ url: `redis://127.0.0.1:${way.port}` })
    await created(store, 'a')
    way.forget()
    await expect(store.read(['a'])).rejects.toMatchObject(unavailable)
    expect((await eventually(() => stored(store, 'a'))).version).toBe(1)
    await store.close()
    await way.close()
  })

  it('is read again after its return, without a restart of the gateway', async () => {
    const redis = await nodes.start()
    const store = await nodes.open({ url: redis.url })
    await created(store, 'a')
    await redis.stop('SIGKILL')
    await expect(store.health()).rejects.toMatchObject(unavailable)
    await nodes.start({ port: redis.port })
    expect(await eventually(() => store.read(['a']))).toMatchObject({ records: [null] })
  })

  it('refuses writes when its memory is full, goes on reading, and writes again when there is room', async () => {
    const redis = await nodes.start()
    const store = await nodes.open({ url: redis.url })
    const first = await created(store, 'a')
    await redis.cli('CONFIG', 'SET', 'maxmemory', '1')
    await expect(store.commit(changeOf(first), entryOf('update'))).rejects.toMatchObject(unavailable)
    await expect(store.end('a', 'revoked', entryOf('end'))).rejects.toMatchObject(unavailable)
    expect(await stored(store, 'a')).toEqual(first)
    expect((await store.confirm('a', 1)).record).toMatchObject({ version: 1 })
    expect((await store.health()).writable).toBe(false)
    await redis.cli('CONFIG', 'SET', 'maxmemory', '0')
    expect((await store.health()).writable).toBe(true)
    expect((await committed(store, 'a')).version).toBe(2)
    expect((await store.auditQuery({ afterSeq: 0, idHash: null, limit: 10 })).map(({ seq }) => seq)).toEqual([1, 2])
  })

  it('refuses writes while it has too few replicas for itself, and goes on reading', async () => {
    const redis = await nodes.start()
    const store = await nodes.open({ url: redis.url })
    const first = await created(store, 'a')
    await redis.cli('CONFIG', 'SET', 'min-replicas-to-write', '1')
    await expect(store.commit(changeOf(first), entryOf('update'))).rejects.toMatchObject(unavailable)
    expect(await stored(store, 'a')).toEqual(first)
    expect((await store.health()).writable).toBe(false)
  })

  it('is left as soon as it has become a replica', async () => {
    const redis = await nodes.start()
    const store = await nodes.open({ url: redis.url })
    const first = await created(store, 'a')
    // Of nobody who answers, so that it keeps its data.
    await redis.cli('REPLICAOF', '127.0.0.1', `${await freePort()}`)
    await expect(store.commit(changeOf(first), entryOf('update'))).rejects.toMatchObject(unavailable)
    await eventually(async () => {
      await expect(store.read(['a'])).rejects.toMatchObject({ ...unavailable, message: 'redis: this is a replica' })
    })
  })

  it('may forget its scripts at any time', async () => {
    const redis = await nodes.start()
    await nodes.start({ replicaOf: redis })
    const store = await nodes.open({ url: redis.url })
    await created(store, 'a')
    await redis.cli('SCRIPT', 'FLUSH')
    expect((await committed(store, 'a')).version).toBe(2)
  })
})
