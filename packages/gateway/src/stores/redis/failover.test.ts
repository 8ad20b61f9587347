import { afterEach, describe, expect, it } from 'vitest'
import { startSentinel } from '../../../../../tools/servers/redis-server.ts'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { ada, bob, created, entryOf, kind, newSession, stored } from '../../store-contract/bench.ts'
import type { SessionStore } from '../store.ts'
import { eventually } from './fixtures/eventually.ts'
import { createRedisNodes, cutReplicas } from './fixtures/redis-nodes.ts'
import { redisJournal } from './redis-journal.ts'
import type { RedisStoreOptions } from './redis-options.ts'

const nodes = createRedisNodes()
afterEach(nodes.close)

/** Two nodes and a Sentinel that are there, and a store that asks the Sentinel. */
async function openWatched(options: Partial<RedisStoreOptions>) {
  const primary = await nodes.start()
  const replica = await nodes.start({ replicaOf: primary })
  const sentinel = nodes.keep(await startSentinel({ primary }))
  const url = `redis+sentinel://127.0.0.1:${sentinel.port}/sessions`
  return { primary, replica, sentinel, url, store: await nodes.open({ url, ...options }) }
}

/** Sessions that the replica has, and ends that it never hears of; then the primary is gone and the Sentinel has promoted the replica. */
async function failOver(options: Partial<RedisStoreOptions>): Promise<SessionStore> {
  const { primary, replica, store } = await openWatched({ replicas: 0, ...options })
  for (const id of ['revoked', 'reused', 'living']) await created(store, id)
  await created(store, 'of bob', bob)
  await primary.cli('WAIT', '1', '2000')
  await cutReplicas(primary)
  await store.end('revoked', 'revoked', entryOf('end'))
  await store.exchange('reused', 7, 1_000, entryOf('exchange'))
  await store.endSubject(bob, 'all', entryOf('end_subject'))
  primary.signal('SIGSTOP')
  await eventually(async () => expect(await replica.cli('ROLE')).toContain('master'))
  await eventually(() => store.read(['living']))
  return store
}

async function endsIn(store: SessionStore) {
  const { records } = await store.read(['revoked', 'reused', 'of bob', 'living'])
  return records.map((record) => (record === null ? 'absent' : (record.ended ?? 'alive')))
}

describe.skipIf(skipWithout('redis-server', 'redis-cli'))('after a failover that lost its tail', { timeout: 60_000 }, () => {
  it('what was ended stays ended and the rest lives, with a journal', async () => {
    const { url } = await nodes.start({ args: ['--appendonly', 'yes'] })
    const store = await failOver({ journal: redisJournal({ url }) })
    expect(await endsIn(store)).toEqual(['revoked', 'reused', 'revoked', 'alive'])
    // A login of bob's that was under way when he was ended, by the count that was lost.
    kind(await store.create(newSession('late', { ...bob, endingsAtStart: 0 }), entryOf('create')), 'cutoff')
    await created(store, 'new', { endingsAtStart: (await store.health()).endings })
    expect((await store.auditQuery({ afterSeq: 0, idHash: 'hash of revoked', limit: 9 })).at(-1)).toMatchObject({
      reason: 'store.failover',
    })
  })

  it('an end of everybody that was acknowledged stands, with a journal', async () => {
    const { url } = await nodes.start({ args: ['--appendonly', 'yes'] })
    const { primary, replica, store } = await openWatched({ replicas: 0, journal: redisJournal({ url }) })
    for (const id of ['one', 'other']) await created(store, id)
    await primary.cli('WAIT', '1', '2000')
    await cutReplicas(primary)
    await store.endAll(entryOf('end_all'))
    await created(store, 'after', { endingsAtStart: (await store.health()).endings })
    primary.signal('SIGSTOP')
    await eventually(async () => expect(await replica.cli('ROLE')).toContain('master'))
    const { records } = await eventually(() => store.read(['one', 'other', 'after']))
    // What was created after, and on the lost primary alone, is lost with it.
    expect(records.map((record) => (record === null ? 'absent' : record.ended))).toEqual(['revoked', 'revoked', 'absent'])
    // A login that was under way when everybody was ended, by the count that was lost.
    kind(await store.create(newSession('late', { endingsAtStart: 0 }), entryOf('create')), 'cutoff')
    await created(store, 'new', { endingsAtStart: (await store.health()).endings })
  })

  it('everybody is ended without a journal, once', async () => {
    const store = await failOver({})
    expect(await endsIn(store)).toEqual(['revoked', 'revoked', 'revoked', 'revoked'])
    kind(await store.create(newSession('late', { ...ada, endingsAtStart: 2 }), entryOf('create')), 'cutoff')
    await created(store, 'new', { endingsAtStart: (await store.health()).endings })
    expect((await stored(store, 'new')).ended).toBeNull()
    expect((await store.auditQuery({ afterSeq: 0, idHash: null, limit: 99 })).map(({ operation }) => operation)).toContain('end_all')
  })

  it('an ended session is back where both were switched off by name: the tests above can fail', async () => {
    const store = await failOver({ afterEpoch: 'unsafe-keep' })
    expect(await endsIn(store)).toEqual(['alive', 'alive', 'alive', 'alive'])
  })

  it('an end that no replica had was never acknowledged', async () => {
    const { primary, store } = await openWatched({})
    await created(store, 'a')
    await cutReplicas(primary)
    await expect(store.end('a', 'revoked', entryOf('end'))).rejects.toMatchObject({ code: 'outcome_unknown' })
  })

  it('what was acknowledged with its replica is on the new primary', async () => {
    const { url } = await nodes.start({ args: ['--appendonly', 'yes'] })
    const { primary, store } = await openWatched({ journal: redisJournal({ url }) })
    await created(store, 'a')
    await created(store, 'b')
    await store.end('a', 'revoked', entryOf('end'))
    const { epoch, seq } = await store.health()
    await primary.stop('SIGKILL')
    const { records } = await eventually(() => store.read(['a', 'b']))
    expect(records.map((record) => record && [record.ended, record.version])).toEqual([
      ['revoked', 1],
      [null, 1],
    ])
    // Readers start anew: counts of two primaries cannot be compared.
    expect((await eventually(() => store.changesSince(seq, epoch))).kind).toBe('reset')
  })

  it('a primary that was cut off is not read by a gateway that still reaches it', async () => {
    const { primary, store } = await openWatched({})
    await created(store, 'a')
    const direct = await nodes.open({ url: primary.url })
    await stored(direct, 'a')
    await cutReplicas(primary)
    await eventually(async () => {
      await expect(direct.read(['a'])).rejects.toMatchObject({ code: 'store_unavailable' })
    })
    // Nor when it asks again as if for the first time.
    const late = await nodes.open({ url: primary.url })
    await expect(late.read(['a'])).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})
