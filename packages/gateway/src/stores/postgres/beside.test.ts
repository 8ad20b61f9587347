import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresServer, postgresPrograms, startPostgres } from '../../../../../tools/servers/postgres-server.ts'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { auditOf, created, together } from '../../store-contract/bench.ts'
import { memoryStore } from '../memory.ts'
import type { JournalEntry } from '../redis/ends-journal.ts'
import { postgresAuditSink, postgresJournal } from './beside.ts'
import { migratePostgres } from './schema.ts'

describe.skipIf(skipWithout(...postgresPrograms))('a PostgreSQL beside another store', { timeout: 60_000 }, () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres({ fsync: false })
    await migratePostgres(server.url)
  }, 60_000)
  afterAll(() => server.stop(), 60_000)

  const entryOf = (id: string): JournalEntry => ({ kind: 'sessions', ids: [id], reason: 'revoked', subjectKey: null, endings: 0 })

  it('keeps ends and tells them in the order in which they can be seen, whoever appends at the same time', async () => {
    const journals = await together(3, async () => postgresJournal({ url: server.url }))
    try {
      expect(await journals[0]?.since('')).toEqual({ entries: [], mark: '' })
      const seen: JournalEntry[] = []
      let mark = ''
      const follow = async () => {
        const news = await journals[0]?.since(mark)
        seen.push(...(news?.entries ?? []))
        mark = news?.mark ?? mark
      }
      let isDone = false
      const appending = together(60, async (index) => journals[index % 3]?.append(entryOf(`${index}`))).finally(() => {
        isDone = true
      })
      while (!isDone) await follow()
      await appending
      await follow()
      expect(seen.map(({ ids }) => Number(ids[0])).sort((one, other) => one - other)).toEqual(
        Array.from({ length: 60 }, (_, index) => index),
      )
      expect((await journals[1]?.since(mark))?.entries).toEqual([])
    } finally {
      for (const journal of journals) await journal.close()
    }
  })

  it('keeps each audit record once, however often it comes, and both where a store uses a sequence again', async () => {
    const records = await recordsAt(1)
    const sink = postgresAuditSink({ url: server.url })
    expect(await sink.last()).toBe('empty')
    await sink.write(records.slice(0, 2))
    await sink.write(records)
    expect(await sink.last()).toEqual({ seq: 3, at: records[2]?.at })
    const restored = await recordsAt(2)
    await sink.write(restored.slice(0, 2))
    expect(await sink.last()).toEqual({ seq: 2, at: restored[1]?.at })
    const kept = await server.sql('SELECT record FROM single_state.audit_sink ORDER BY at, seq')
    expect(kept.split('\n').map((line) => JSON.parse(line))).toEqual([...records, ...restored.slice(0, 2)])
    await sink.close?.()
  })

  it('lets go of its connections when it is closed', async () => {
    const sink = postgresAuditSink({ url: server.url })
    await sink.last()
    const open = () =>
      server.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'single-state' AND query LIKE '%audit_sink%'")
    expect(await open()).toBe('1')
    await sink.close?.()
    await expect.poll(open).toBe('0')
  })

  async function recordsAt(atMs: number) {
    const store = memoryStore({ clock: () => atMs })
    for (const id of ['a', 'b', 'c']) await created(store, id)
    return auditOf(store)
  }
})
