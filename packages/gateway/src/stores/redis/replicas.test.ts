import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type RedisServer, startRedis } from '../../../../../tools/servers/redis-server.ts'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { changeOf, committed, created, entryOf, stored } from '../../store-contract/bench.ts'
import { storeContract } from '../../store-contract.ts'
import type { SessionStore } from '../store.ts'
import type { EndsJournal } from './ends-journal.ts'
import { eventually } from './fixtures/eventually.ts'
import { createRedisNodes, cutReplicas, newPrefix } from './fixtures/redis-nodes.ts'
import { redisStore } from './redis-store.ts'

const unavailable = { code: 'store_unavailable' }
const unknown = { code: 'outcome_unknown' }

describe.skipIf(skipWithout('redis-server', 'redis-cli'))('on a Redis with a replica', () => {
  let primary: RedisServer
  let replica: RedisServer
  const nodes = createRedisNodes()
  beforeAll(async () => {
    primary = await startRedis()
    replica = await startRedis({ replicaOf: primary })
  })
  afterEach(async () => {
    replica.signal('SIGCONT')
    await nodes.close()
  })
  afterAll(() => Promise.all([primary.stop(), replica.stop()]))

  storeContract(
    { describe, it },
    { name: 'redis', open: (clock) => redisStore({ url: primary.url, prefix: newPrefix(), clock }), racers: 50 },
  )

  const open = (prefix = newPrefix()) => nodes.open({ url: primary.url, prefix })

  it('says that an acknowledged change survives the loss of the primary', async () => {
    expect((await open()).durability).toBe('replicas')
  })

  it('acknowledges no change that a replica may not have, and reads it only when it has', async () => {
    const prefix = newPrefix()
    const [store, other] = [await open(prefix), await open(prefix)]
    const first = await created(store, 'a')
    await stored(other, 'a')
    replica.signal('SIGSTOP')
    await expect(store.commit(changeOf(first), entryOf('update'))).rejects.toMatchObject(unknown)
    // Applied on the primary, and lost if the replica were promoted now: nobody may see it.
    await expect(other.read(['a'])).rejects.toMatchObject(unavailable)
    replica.signal('SIGCONT')
    expect((await eventually(() => stored(other, 'a'))).version).toBe(2)
  })

  it.each<[string, (store: Awaited<ReturnType<typeof open>>) => Promise<unknown>]>([
    ['a creation', (store) => created(store, 'b')],
    ['an exchange', (store) => store.exchange('a', 1, 1_000, entryOf('exchange'))],
    ['an end', (store) => store.end('a', 'revoked', entryOf('end'))],
    ['the end of a subject', (store) => store.endSubject({ issuer: 'i', subject: 's' }, 'all', entryOf('end_subject'))],
    ['the end of everybody', (store) => store.endAll(entryOf('end_all'))],
  ])('answers outcome_unknown to %s that no replica has acknowledged', async (_, change) => {
    const store = await open()
    await created(store, 'a')
    replica.signal('SIGSTOP')
    await expect(change(store)).rejects.toMatchObject(unknown)
  })

  it('reads from its lease while that lasts, and not a moment longer from a primary without its replica', async () => {
    const store = await open()
    await created(store, 'a')
    replica.signal('SIGSTOP')
    const reads = await eventually(async () => {
      const outcome = await store.read(['a']).catch((error: unknown) => error)
      expect(outcome).toMatchObject(unavailable)
      return outcome
    })
    expect(reads).toMatchObject(unavailable)
    await expect(store.changesSince(0, '')).rejects.toMatchObject(unavailable)
    await expect(store.health()).rejects.toMatchObject(unavailable)
    replica.signal('SIGCONT')
    await eventually(() => store.read(['a']))
  })

  it('waits for a replica that was connected later, too', async () => {
    const lonely = await nodes.start()
    const store = await nodes.open({ url: lonely.url })
    await created(store, 'a')
    const late = await nodes.start({ replicaOf: lonely })
    await eventually(async () => {
      await committed(store, 'a')
      const notes = await store.diagnose()
      expect(notes.map(({ found }) => found)).toContainEqual('1 replicas connected, 1 have to have a change before it is acknowledged')
    })
    late.signal('SIGSTOP')
    await expect(committed(store, 'a')).rejects.toMatchObject(unknown)
  })

  it('asks its replicas after the journal has an end: a successor that read the journal before is noticed', async () => {
    const old = await nodes.start()
    await nodes.start({ replicaOf: old })
    const journal: EndsJournal = {
      name: 'test',
      // The successor reads the journal, takes over, and only then comes the entry.
      append: () => cutReplicas(old),
      since: async (mark) => ({ entries: [], mark }),
      close: async () => {},
    }
    const store = await nodes.open({ url: old.url, journal })
    await created(store, 'a')
    await expect(store.end('a', 'revoked', entryOf('end'))).rejects.toMatchObject(unknown)
  })

  it.each<[string, string[], (store: SessionStore) => Promise<unknown>]>([
    // A deposed primary has not heard of the newest token, and takes it for a copy.
    ['an exchange that it takes for reuse', [], (store) => store.exchange('a', 7, 1_000, entryOf('exchange'))],
    ['a document that it finds invalid', [], (store) => store.end('a', 'invalid', entryOf('end'))],
    ['a creation that another session gives way to', [], (store) => created(store, 'b', { replaces: 'a' })],
    ['an end that somebody asked for', ['a'], (store) => store.end('a', 'revoked', entryOf('end'))],
  ])('without its replicas, for %s, tells the journal of the ends %j', async (_, told, act) => {
    const old = await nodes.start()
    await nodes.start({ replicaOf: old })
    const ends: string[] = []
    const journal: EndsJournal = {
      name: 'test',
      append: async ({ ids }) => void ends.push(...ids),
      since: async (mark) => ({ entries: [], mark }),
      close: async () => {},
    }
    const store = await nodes.open({ url: old.url, journal })
    await created(store, 'a')
    await cutReplicas(old)
    await expect(act(store)).rejects.toMatchObject(unknown)
    expect(ends).toEqual(told)
  })

  it('says of no session that it is not there without its replicas: a successor may have made it', async () => {
    const store = await open()
    await created(store, 'a')
    await stored(store, 'a')
    expect((await store.read(['missing'])).records).toEqual([null])
    replica.signal('SIGSTOP')
    await expect(store.read(['missing'])).rejects.toMatchObject(unavailable)
  })

  it('waits for as many replicas as the option says, whoever is connected', async () => {
    const store = await nodes.open({ url: primary.url, prefix: newPrefix(), replicas: 2 })
    await expect(created(store, 'a')).rejects.toMatchObject(unknown)
    await expect(store.read(['a'])).rejects.toMatchObject(unavailable)
  })
})
