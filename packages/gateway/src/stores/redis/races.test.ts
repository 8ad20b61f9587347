import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RedisServer, startRedis } from '../../../../../tools/servers/redis-server.ts'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { changeOf, created, entryOf, together } from '../../store-contract/bench.ts'
import type { SessionStore } from '../store.ts'
import { newPrefix } from './fixtures/redis-nodes.ts'
import { redisStore } from './redis-store.ts'

/** 2,000 rounds for a long run: `SINGLE_STATE_RACE_ROUNDS=2000 vitest run races`. */
const rounds = Number(process.env['SINGLE_STATE_RACE_ROUNDS'] ?? 40)
const racers = 50
const gateways = 3

describe.skipIf(skipWithout('redis-server'))('racers of several gateways', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())

  it(`on one version have one winner, in ${rounds} rounds of ${racers}`, { timeout: 600_000 }, async () => {
    const prefix = newPrefix()
    const stores = await Promise.all(Array.from({ length: gateways }, () => redisStore({ url: redis.url, prefix })))
    const storeOf = (racer: number) => stores[racer % gateways] as SessionStore
    let base = await created(storeOf(0), 'a')
    for (let round = 0; round < rounds; round += 1) {
      const outcomes = await together(racers, (racer) =>
        storeOf(racer).commit(changeOf(base, { draw: randomBytes(4).toString('hex'), body: `${round} ${racer}` }), entryOf('update')),
      )
      const winners = outcomes.flatMap((outcome) => (outcome.kind === 'committed' ? [outcome.record] : []))
      expect(winners).toHaveLength(1)
      expect(outcomes.filter((outcome) => outcome.kind === 'conflict' && outcome.version === base.version + 1)).toHaveLength(racers - 1)
      base = winners[0] ?? base
    }
    expect(base.version).toBe(rounds + 1)
    const audit = await storeOf(0).auditQuery({ afterSeq: 0, idHash: null, limit: rounds + 2 })
    expect(audit.map(({ seq, toVersion }) => [seq, toVersion])).toEqual(audit.map((_, index) => [index + 1, index + 1]))
    expect(audit).toHaveLength(rounds + 1)
    for (const store of stores) await store.close()
  })
})
