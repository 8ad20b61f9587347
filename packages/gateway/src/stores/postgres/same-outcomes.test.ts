import { afterAll, beforeAll, describe } from 'vitest'
import { type PostgresServer, postgresPrograms, startPostgres } from '../../../../../tools/servers/postgres-server.ts'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { sameOutcomes } from '../fixtures/same-outcomes.ts'
import { postgresStore } from './postgres.ts'

describe.skipIf(skipWithout(...postgresPrograms))('on a PostgreSQL', () => {
  let server: PostgresServer
  let opened = 0
  beforeAll(async () => {
    server = await startPostgres({ fsync: false })
  }, 60_000)
  afterAll(() => server.stop())

  sameOutcomes({
    name: 'postgres',
    open: (clock) => {
      opened += 1
      return postgresStore({ url: `${server.url}?schema=s${opened}`, migrate: true, clock })
    },
    runs: 30,
  })
})
