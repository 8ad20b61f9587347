import { afterAll, beforeAll, describe, it } from 'vitest'
import { type PostgresServer, postgresPrograms, startPostgres } from '../../../../../tools/servers/postgres-server.ts'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { storeContract } from '../../store-contract.ts'
import { postgresStore } from './postgres.ts'

/** A long run sets these: 2,000 rounds of 50. */
const racers = Number(process.env['SINGLE_STATE_RACERS'] ?? 50)
const rounds = Number(process.env['SINGLE_STATE_ROUNDS'] ?? 10)

describe.skipIf(skipWithout(...postgresPrograms))('on a real server', () => {
  let server: PostgresServer
  let opened = 0
  beforeAll(async () => {
    server = await startPostgres({ fsync: false })
  }, 60_000)
  afterAll(() => server.stop())

  const runner = {
    describe,
    it: (title: string, body: () => Promise<void>) => it(title, { timeout: 120_000 + rounds * racers * 50 }, body),
  }
  storeContract(runner, {
    name: 'postgres',
    racers,
    rounds,
    open: (clock) => {
      opened += 1
      return postgresStore({ url: `${server.url}?schema=s${opened}`, migrate: true, clock })
    },
  })
})
