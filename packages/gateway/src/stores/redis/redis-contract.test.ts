import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type RedisServer, startRedis } from '../../../../../tools/servers/redis-server.ts'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { storeContract } from '../../store-contract.ts'
import { redisStore } from './redis-store.ts'

describe.skipIf(skipWithout('redis-server'))('on one Redis', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())

  storeContract(
    { describe, it },
    { name: 'redis', open: (clock) => redisStore({ url: redis.url, prefix: `${randomBytes(6).toString('hex')}:`, clock }) },
  )
})
