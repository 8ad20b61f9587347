import { describe, expect, it } from 'vitest'
import { postgresPrograms, startPostgres } from '../../../../../tools/servers/postgres-server.ts'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { changeOf, committed, created, entryOf, kind, stored } from '../../store-contract/bench.ts'
import { openWay } from '../redis/fixtures/forgetful-way.ts'
import { startLossyProxy } from './fixtures/lossy-proxy.ts'
import { codeOf, until } from './fixtures/polling.ts'
import { postgresStore } from './postgres.ts'

describe.skipIf(skipWithout(...postgresPrograms))('a PostgreSQL that goes away', { timeout: 120_000 }, () => {
  it('is unavailable meanwhile, answers again without a restart of the gateway, and is refused once it is a standby', async () => {
    let server = await startPostgres()
    const store = await postgresStore({ url: server.url, migrate: true })
    try {
      const first = await created(store, 'a')
      await server.stop('SIGINT', { keep: true })
      expect(await codeOf(store.read(['a']))).toBe('store_unavailable')
      expect(await codeOf(store.commit(changeOf(first), entryOf('update')))).toBe('store_unavailable')
      server = await server.restart()
      await until(async () => (await codeOf(store.read(['a']))) === 'done')
      expect((await committed(store, 'a')).version).toBe(2)
      await server.stop('SIGINT', { keep: true })
      server = await server.restart('standby')
      await expect(store.read(['a'])).rejects.toThrow('expected the primary, found a standby')
      await expect(postgresStore({ url: server.url })).rejects.toThrow(/expected the primary, found a standby$/)
    } finally {
      await store.close()
      await server.stop()
    }
  })

  it('is read by new connections when the old ones are silent, before a write on one of those has been given up', async () => {
    const server = await startPostgres()
    const way = await openWay(server.port)
    const store = await postgresStore({ url: server.url.replace(`:${server.port}/`, `:${way.port}/`), migrate: true, connections: 4 })
    try {
      const first = await created(store, 'a')
      await Promise.all([0, 1, 2, 3].map(() => store.read(['a'])))
      way.forget()
      let isWriteOver = false
      const write = codeOf(store.commit(changeOf(first), entryOf('update'))).finally(() => {
        isWriteOver = true
      })
      expect(await Promise.all([0, 1, 2].map(() => codeOf(store.read(['a']))))).toEqual(Array(3).fill('store_unavailable'))
      await until(async () => (await codeOf(store.read(['a']))) === 'done')
      expect(isWriteOver).toBe(false)
      expect(await write).toBe('store_unavailable')
    } finally {
      await store.close()
      await way.close()
      await server.stop()
    }
  })

  it('is asked for one connection at a time while it is silent, however many reads there are', async () => {
    const server = await startPostgres()
    const way = await startLossyProxy(server.port)
    const store = await postgresStore({ url: server.url.replace(`:${server.port}/`, `:${way.port}/`), migrate: true })
    try {
      await created(store, 'a')
      const readsOf = (count: number) => Promise.all(Array.from({ length: count }, () => codeOf(store.read(['a']))))
      way.loseAnswers()
      // The first find out, on the old connection and on new ones.
      expect(new Set(await readsOf(5))).toEqual(new Set(['store_unavailable']))
      const before = way.connections()
      expect(new Set(await readsOf(20))).toEqual(new Set(['store_unavailable']))
      expect(way.connections() - before).toBe(1)
    } finally {
      await store.close()
      await way.close()
      await server.stop()
    }
  })

  it('is another epoch once a standby is promoted, with every session that was acknowledged', async () => {
    const primary = await startPostgres()
    const started = [primary]
    try {
      const before = await postgresStore({ url: primary.url, migrate: true })
      await created(before, 'a')
      const { seq, epoch } = await before.health()
      await before.close()
      const standby = await startPostgres({ standbyOf: primary })
      started.push(standby)
      await expect(postgresStore({ url: standby.url })).rejects.toThrow(/expected the primary, found a standby$/)
      await primary.stop('SIGKILL', { keep: true })
      await standby.promote()
      const after = await postgresStore({ url: standby.url })
      kind(await after.changesSince(seq, epoch), 'reset')
      expect((await stored(after, 'a')).version).toBe(1)
      expect((await after.health()).seq).toBe(seq)
      await after.close()
    } finally {
      for (const server of started) await server.stop()
    }
  })
})
