import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresServer, postgresPrograms, startPostgres } from '../../../../../tools/servers/postgres-server.ts'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { openTestGateway } from '../../fixtures/test-gateway.ts'
import { until } from './fixtures/polling.ts'
import { postgresStore } from './postgres.ts'

describe.skipIf(skipWithout(...postgresPrograms))('a PostgreSQL whose standby is gone', { timeout: 60_000 }, () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterAll(() => server.stop(), 60_000)

  it('fails no read of a token that nobody has shown, from the first on', async () => {
    const store = await postgresStore({ url: server.url, migrate: true })
    const { signIn, read, call } = await openTestGateway({ store })
    try {
      const tokens = await Promise.all(['a', 'b', 'c', 'd'].map((subject) => signIn(subject)))
      await server.sql("ALTER SYSTEM SET synchronous_standby_names = 'missing'")
      await server.sql('SELECT pg_reload_conf()')
      await until(async () => (await server.sql('SHOW synchronous_standby_names')) === 'missing')
      const statuses = []
      for (const token of tokens) statuses.push((await read(token)).status)
      expect(statuses).toEqual([200, 200, 200, 200])
      const { body } = await call('POST', '/v1/reads', { as: 'portal', body: { reads: tokens.map((token) => ({ token })) } })
      expect(body.results.map(({ status }: { status: number }) => status)).toEqual([200, 200, 200, 200])
    } finally {
      await server.sql('ALTER SYSTEM RESET ALL')
      await server.sql('SELECT pg_reload_conf()')
      await store.close()
    }
  })
})
