import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type PostgresServer, postgresPrograms, startPostgres } from '../../../../../tools/servers/postgres-server.ts'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { ada, auditOf, changeOf, committed, created, entryOf, kind, stored, together } from '../../store-contract/bench.ts'
import type { SessionStore } from '../store.ts'
import { startLossyProxy } from './fixtures/lossy-proxy.ts'
import { codeOf, until } from './fixtures/polling.ts'
import { postgresStore } from './postgres.ts'
import { migratePostgres } from './schema.ts'

describe.skipIf(skipWithout(...postgresPrograms))('a PostgreSQL store', { timeout: 60_000 }, () => {
  let server: PostgresServer
  let url: string
  let store: SessionStore

  beforeAll(async () => {
    server = await startPostgres({ settings: { deadlock_timeout: '50ms' } })
  }, 60_000)
  afterAll(() => server.stop(), 60_000)
  beforeEach(async () => {
    url = await server.newDatabase()
    store = await postgresStore({ url, migrate: true })
  })
  afterEach(() => store.close())

  const database = () => new URL(url).pathname.slice(1)
  const sql = (text: string) => server.sql(`SET search_path TO single_state; ${text}`, database())
  const setServer = async (setting: string) => {
    await server.sql(`ALTER SYSTEM ${setting}`)
    await server.sql('SELECT pg_reload_conf()')
  }

  const missStandby = async () => {
    await setServer("SET synchronous_standby_names = 'missing'")
    await until(async () => (await sql('SHOW synchronous_standby_names')) === 'missing')
  }
  const waitingForStandby = () => sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
  const waitingForLocks = () => sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")

  /** A connection of somebody else, in a transaction. */
  async function intruder<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    const client = new Client({ connectionString: url })
    await client.connect()
    try {
      await client.query('SET search_path TO single_state')
      await client.query('BEGIN')
      return await work(client)
    } finally {
      await client.end()
    }
  }

  describe('its schema', () => {
    it('is refused where it is missing or another one, with the command that helps', async () => {
      const elsewhere = `${url}?schema=elsewhere`
      await expect(postgresStore({ url: elsewhere })).rejects.toMatchObject({
        code: 'store_unavailable',
        message: expect.stringMatching(/schema elsewhere: expected schema 4, found none; run 'single-state migrate'$/),
      })
      await sql("INSERT INTO migrations (number, name) VALUES (99, 'of a newer release')")
      for (const migrate of [true, false]) {
        const opening = postgresStore({ url, migrate })
        await expect(opening).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('found schema 99') })
      }
    })

    it('is made once, whoever migrates at the same time', async () => {
      const taken = await together(5, () => migratePostgres(`${url}?schema=several`))
      expect(taken.flat()).toEqual(['0001-sessions', '0002-beside-another-store', '0003-readers', '0004-audit-sink-key'])
    })

    it("needs no more of the gateway's role than to read and write rows", async () => {
      await server.sql('CREATE ROLE plain LOGIN')
      await sql(
        'GRANT USAGE ON SCHEMA single_state TO plain; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA single_state TO plain',
      )
      const plain = await postgresStore({ url: url.replace('postgres@', 'plain@') })
      try {
        await created(plain, 'a')
        await plain.changesSince(0, '', { mark: 'm', readers: [{ process: 'p', epoch: '', seq: 0 }], forget: [] })
        await plain.endAll(entryOf('end_all'))
        await plain.sweep({ endedBeforeMs: 0, auditBeforeMs: 0, limit: 1 })
        expect((await plain.health()).epoch).toBe((await store.health()).epoch)
        expect((await plain.diagnose()).map(({ level }) => level)).toEqual(['ok', 'ok', 'ok', 'ok'])
      } finally {
        await plain.close()
      }
    })
  })

  describe('its time', () => {
    it('is the clock of the database', async () => {
      const [before, { nowMs }, after] = [await sql(databaseClock), await store.health(), await sql(databaseClock)]
      expect(nowMs).toBeGreaterThanOrEqual(Number(before))
      expect(nowMs).toBeLessThanOrEqual(Number(after))
    })
  })

  describe('transactions that get in its way', () => {
    it('are waited for so long and no longer; then nothing was changed', async () => {
      const first = await created(store, 'a')
      await intruder(async (client) => {
        await client.query('SELECT * FROM store FOR UPDATE')
        expect(await codeOf(store.commit(changeOf(first), entryOf('update')))).toBe('store_unavailable')
      })
      expect(await stored(store, 'a')).toEqual(first)
      await until(async () => (await store.health()).writable)
      expect((await committed(store, 'a')).version).toBe(2)
    })

    it('do no harm in a deadlock: the store goes through it again', async () => {
      await created(store, 'a')
      await created(store, 'b')
      await intruder(async (first) => {
        await first.query("SET LOCAL deadlock_timeout = '20s'")
        await first.query('SELECT * FROM store FOR UPDATE')
        await intruder(async (second) => {
          await second.query("SELECT * FROM sessions WHERE id = 'b' FOR UPDATE")
          // It locks a and waits for b; then a is waited for by who holds the counters, which it needs after b.
          const ending = store.endSubject(ada, 'all', entryOf('end_subject'))
          await until(async () => (await waitingForLocks()) === '1')
          const taking = first.query("SELECT * FROM sessions WHERE id = 'a' FOR UPDATE")
          await until(async () => (await waitingForLocks()) === '2')
          await second.query('COMMIT')
          await taking
          await first.query('COMMIT')
          expect((await ending).ended).toEqual(['a', 'b'])
        })
      })
      expect(server.output()).toContain('deadlock detected')
      expect(await auditOf(store)).toHaveLength(5)
    })
  })

  describe('a server that reads but does not write', () => {
    afterEach(() => setServer('RESET ALL'))

    it('refuses writes as unavailable, answers reads, and is noticed when it writes again', async () => {
      const first = await created(store, 'a')
      // It holds for connections from then on, and for those as long as they live.
      await server.sql(`ALTER DATABASE ${database()} SET default_transaction_read_only = on`)
      await server.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database()}'`)
      await until(async () => (await codeOf(store.read([]))) === 'done')
      expect(await codeOf(store.commit(changeOf(first), entryOf('update')))).toBe('store_unavailable')
      expect((await store.health()).writable).toBe(false)
      expect((await store.confirm('a', 1)).record).toEqual(first)
      await server.sql(`ALTER DATABASE ${database()} RESET default_transaction_read_only`)
      await until(async () => (await store.health()).writable)
      expect((await committed(store, 'a')).version).toBe(2)
    })

    it('says outcome_unknown when a wait for a standby is cancelled: it is committed here and perhaps nowhere else', async () => {
      const first = await created(store, 'a')
      await missStandby()
      const code = codeOf(store.commit(changeOf(first, { body: 'perhaps' }), entryOf('update')))
      await until(async () => (await waitingForStandby()) === '1')
      await sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
      expect(await code).toBe('outcome_unknown')
      expect((await stored(store, 'a')).body).toBe('perhaps')
      expect((await store.health()).writable).toBe(false)
      expect((await store.diagnose()).map(({ level }) => level)).toContain('fail')
    })

    it('says outcome_unknown when a standby does not answer, shows nothing of it, refuses what follows, and finds it once', async () => {
      const first = await created(store, 'a')
      const others = await together(10, (index) => created(store, `other ${index}`))
      const { length } = await auditOf(store)
      await missStandby()
      const commit = changeOf(first, { body: 'perhaps', write: { key: 'k', requestHash: 'r' } })
      expect(await codeOf(store.commit(commit, entryOf('update')))).toBe('outcome_unknown')
      // An exchange needs nothing that the first one holds: each could hang on its own.
      const exchanges = others.map(({ id }) => codeOf(store.exchange(id, 1, 1000, entryOf('exchange'))))
      expect(new Set(await Promise.all(exchanges))).toEqual(new Set(['store_unavailable']))
      expect(await stored(store, 'a')).toEqual(first)
      // The first one, and at most one that asks whether it goes on.
      expect(Number(await waitingForStandby())).toBeLessThanOrEqual(2)
      await setServer('RESET synchronous_standby_names')
      await until(async () => (await store.health()).writable)
      expect(kind(await store.commit(commit, entryOf('update')), 'repeated').record.body).toBe('perhaps')
      const lines = await auditOf(store)
      expect(lines.slice(length).map(({ seq, toVersion }) => [seq, toVersion])).toEqual([[length + 1, 2]])
    })

    it('keeps connections for reads while every write waits', async () => {
      const first = await created(store, 'a')
      await missStandby()
      const writes = together(30, () => codeOf(store.commit(changeOf(first), entryOf('update'))))
      await until(async () => (await waitingForStandby()) === '1')
      expect(await stored(store, 'a')).toEqual(first)
      for (const code of await writes) expect(['outcome_unknown', 'store_unavailable']).toContain(code)
    })
  })

  it('says outcome_unknown when the answer to a commit is lost, and applies its repeat to nothing', async () => {
    const first = await created(store, 'a')
    const proxy = await startLossyProxy(server.port)
    const far = await postgresStore({ url: url.replace(`:${server.port}/`, `:${proxy.port}/`) })
    try {
      const commit = changeOf(first, { write: { key: 'k', requestHash: 'r' } })
      // The connection is open and its statements are known: only what it answers from here on is lost, in the commit itself.
      await far.commit(changeOf(first, { expected: { version: 9, draw: '' } }), entryOf('update'))
      const code = intruder(async (client) => {
        await client.query('SELECT * FROM store FOR UPDATE')
        const sent = codeOf(far.commit(commit, entryOf('update')))
        await until(async () => (await waitingForLocks()) === '1')
        proxy.loseAnswers()
        await client.query('COMMIT')
        return sent
      })
      expect(await code).toBe('outcome_unknown')
      expect(kind(await store.commit(commit, entryOf('update')), 'repeated').record.version).toBe(2)
    } finally {
      await far.close()
      await proxy.close()
    }
  })

  describe('settings of the server', () => {
    it('do not make it acknowledge what is not on the disk', async () => {
      await sql(`ALTER DATABASE ${database()} SET synchronous_commit = off`)
      const careful = await postgresStore({ url })
      expect(careful.durability).toBe('disk')
      expect((await careful.diagnose()).map(({ found }) => found).join()).toContain('synchronous_commit on')
      await careful.close()
    })

    it('that leave no connection are unavailability, in words that name the database and no password', async () => {
      await server.sql('CREATE ROLE crowded LOGIN CONNECTION LIMIT 0')
      const opening = postgresStore({ url: url.replace('postgres@', 'crowded:secret@') })
      await expect(opening).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringMatching(/too many connections/) })
      await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('secret') })
    })
  })
})

const databaseClock = 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)'
