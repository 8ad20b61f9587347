import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSentinel } from '../../../../../tools/servers/redis-server.ts'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { changeOf, created, entryOf, stored } from '../../store-contract/bench.ts'
import { storeContract } from '../../store-contract.ts'
import { eventually } from './fixtures/eventually.ts'
import { createRedisNodes, newPrefix } from './fixtures/redis-nodes.ts'
import { redisStore } from './redis-store.ts'

// Sentinels cut connections when they put servers in order after a failover. The store then says, as it must, that an outcome
// is unknown; the scenario is run again, on keys of its own.
const options = { timeout: 60_000, retry: 2 }

describe.skipIf(skipWithout('redis-server', 'redis-cli'))('on Redis with three Sentinels, after a failover', options, () => {
  const nodes = createRedisNodes()
  let url = ''
  beforeAll(async () => {
    const primary = await nodes.start()
    await Promise.all([nodes.start({ replicaOf: primary }), nodes.start({ replicaOf: primary })])
    const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel({ primary, quorum: 2 })))
    for (const sentinel of sentinels) nodes.keep(sentinel)
    url = `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/sessions`
    const store = await redisStore({ url, afterEpoch: 'unsafe-keep' })
    await created(store, 'a')
    const { epoch } = await store.health()
    await eventually(async () => expect(await sentinels[0]?.cli('SENTINEL', 'CKQUORUM', 'sessions')).toContain('3 usable'))
    await primary.stop('SIGKILL')
    // Acknowledged, so on every replica: whichever was promoted has it.
    expect(await eventually(() => stored(store, 'a'))).toMatchObject({ version: 1, ended: null })
    expect((await eventually(() => store.health())).epoch).not.toBe(epoch)
    await eventually(async () => {
      const told = await Promise.all(sentinels.map((sentinel) => sentinel.cli('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'sessions')))
      expect(new Set(told).size).toBe(1)
      expect(told[0]).not.toContain(`${primary.port}`)
    })
    await store.close()
    // A primary changes its replication id once more when the other replica follows it.
    await eventually(async () => {
      const probe = await redisStore({ url, prefix: newPrefix() })
      await probe.close()
      expect(probe.durability).toBe('replicas')
    })
    // One failover is enough: on a busy machine a Sentinel may take a slow primary for a dead one.
    for (const sentinel of sentinels) await sentinel.cli('SENTINEL', 'SET', 'sessions', 'down-after-milliseconds', '60000')
  }, 60_000)
  afterAll(nodes.close)

  storeContract({ describe, it }, { name: 'redis', open: (clock) => redisStore({ url, prefix: newPrefix(), clock }), racers: 50 })

  it('has the other replica acknowledge changes', async () => {
    const store = await redisStore({ url, prefix: newPrefix() })
    expect(store.durability).toBe('replicas')
    await store.close()
  })
})

describe.skipIf(skipWithout('redis-server', 'redis-cli'))('on Redis with a Sentinel, without a replica', () => {
  const nodes = createRedisNodes()
  afterAll(nodes.close)

  it('acknowledges no change that a replica may lack that has only just come', async () => {
    const primary = await nodes.start()
    const { port } = nodes.keep(await startSentinel({ primary, downAfterMs: 60_000 }))
    const store = await nodes.open({ url: `redis+sentinel://127.0.0.1:${port}/sessions`, prefix: newPrefix() })
    const first = await created(store, 'a')
    const replica = await nodes.start({ replicaOf: primary })
    replica.signal('SIGSTOP')
    await expect(store.commit(changeOf(first), entryOf('update'))).rejects.toMatchObject({ code: 'outcome_unknown' })
    replica.signal('SIGCONT')
    expect((await eventually(() => stored(store, 'a'))).version).toBe(2)
  })
})
