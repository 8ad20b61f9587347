import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { SessionError } from '@single-state/core/protocol'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { auditOf, changeOf, committed, created, entryOf, idleMs, kind, livingOf, newSession, stored } from '../store-contract/bench.ts'
import { createTemporaryFolder } from './fixtures/temporary-folder.ts'
import { sqliteStore } from './sqlite.ts'
import { openDatabase } from './sqlite-database.ts'
import { failureOf } from './sqlite-failure.ts'
import { storeOn } from './sqlite-store.ts'
import type { SessionStore } from './store.ts'

const folder = createTemporaryFolder()
afterAll(folder.remove)

/** More than the pages of a full file have room for. */
const large = 'x'.repeat(100_000)

const unavailable = { code: 'store_unavailable' }

describe('a sqlite store', () => {
  it('finds everything again when it is opened once more', async () => {
    const path = folder.newPath()
    const first = sqliteStore({ path })
    await created(first, 'a', { idpSession: 'p' })
    await created(first, 'b')
    await first.exchange('a', 1, idleMs, entryOf('exchange'))
    const write = { key: 'k', requestHash: 'r' }
    await committed(first, 'a', { shown: 2, signal: { name: 's', value: { list: [1, null] }, ttlMs: 60_000 }, write })
    await first.end('b', 'invalid', entryOf('end'))
    await first.endSubject({ issuer: 'i', subject: 's' }, 'all', entryOf('end_subject'))
    await first.saveSigningKeys(0, ['key'])
    const before = await everythingIn(first)
    await first.close()
    const second = sqliteStore({ path })
    expect(await everythingIn(second)).toEqual(before)
    await created(second, 'c', { endingsAtStart: 1 })
    expect(await second.changesSince(before.health.seq, before.health.epoch)).toMatchObject({ kind: 'changes', ids: ['c'] })
    await second.close()
  })

  it('says what it is and what it survives', async () => {
    const path = folder.newPath()
    const store = sqliteStore({ path })
    expect([store.name, store.durability]).toEqual([`sqlite:${path}`, 'disk'])
    await store.close()
  })

  it.skipIf(process.platform === 'win32')('makes its files readable by their owner alone', async () => {
    const path = folder.newPath()
    const store = sqliteStore({ path })
    await created(store, 'a')
    for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o777).toBe(0o600)
    await store.close()
  })

  it('has a commit on the disk before it acknowledges it, and the file for itself', () => {
    const database = openDatabase(folder.newPath())
    const settings = ['journal_mode', 'synchronous', 'locking_mode'].map((name) => database.pragma(name, { simple: true }))
    const full = 2
    expect(settings).toEqual(['wal', full, 'exclusive'])
    database.close()
  })

  it('keeps no more of its change log than it answers from', async () => {
    const database = openDatabase(folder.newPath())
    const store = storeOn(database, 'sqlite', Date.now)
    await created(store, 'a')
    database.exec('UPDATE store SET seq = 10010')
    await created(store, 'b')
    await created(store, 'c')
    expect(database.prepare('SELECT seq FROM changes').pluck().all()).toEqual([10_011, 10_012])
    await store.close()
  })

  it('draws an epoch of its own for each file', async () => {
    const [one, other] = [sqliteStore({ path: folder.newPath() }), sqliteStore({ path: folder.newPath() })]
    expect((await one.health()).epoch).not.toBe((await other.health()).epoch)
    await Promise.all([one.close(), other.close()])
  })
})

describe('opening a sqlite file', () => {
  it('refuses a schema that a newer release has written, and leaves the file alone', async () => {
    const path = folder.newPath()
    await sqliteStore({ path }).close()
    changeRaw(path, 'PRAGMA user_version = 1000')
    const before = readFileSync(path)
    expect(() => sqliteStore({ path })).toThrow(/expected schema \d+ or older, found schema 1000, which a newer release has written/)
    expect(readFileSync(path)).toEqual(before)
  })

  it("refuses another program's database and leaves it alone", () => {
    const path = folder.newPath()
    changeRaw(path, 'CREATE TABLE sessions (sid)')
    const before = readFileSync(path)
    expect(() => sqliteStore({ path })).toThrow(/found the database of another program/)
    expect(readFileSync(path)).toEqual(before)
  })

  it('refuses a file that is no database, a folder that is not there, and a folder', () => {
    const path = folder.newPath()
    writeFileSync(path, 'not a database, but long enough to be looked at'.repeat(100))
    expect(() => sqliteStore({ path })).toThrow(/expected a SQLite database, found something else/)
    expect(() => sqliteStore({ path: `${path}-missing/y.db` })).toThrow(/^store sqlite:.+: ENOENT: no such file or directory/)
    expect(() => sqliteStore({ path: '/' })).toThrow(SessionError)
  })

  it.each(['', ':memory:', undefined, 7])('refuses %j as a path, naming the option', (path) => {
    expect(() => sqliteStore({ path: path as string })).toThrow(
      new TypeError(`path: expected the name of a file, found ${JSON.stringify(path)}`),
    )
  })
})

describe('a sqlite store that cannot write', () => {
  it.each([
    ['a full disk', 'max_page_count = 1', 'max_page_count = 1000000'],
    ['a read-only file', 'query_only = 1', 'query_only = 0'],
  ])('refuses writes on %s, reads on, and recovers without a restart', async (_, breakIt, mendIt) => {
    const database = openDatabase(folder.newPath())
    const store = storeOn(database, 'sqlite', Date.now)
    const first = await created(store, 'a')
    database.pragma(breakIt)
    const before = await everythingIn(store)
    await untilRefused(store)
    const attempts = [
      () => store.create(newSession('c', { body: large }), entryOf('create')),
      () => store.commit(changeOf(first, { body: large }), entryOf('update')),
      () => store.appendAudit(entryOf('update', { reason: large })),
      () => store.saveSigningKeys(0, [large]),
    ]
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject(unavailable)
    expect((await stored(store, 'a')).id).toBe('a')
    expect((await store.confirm('a', 1)).record?.id).toBe('a')
    expect(await livingOf(store)).toContain('a')
    expect((await store.health()).epoch).toBe(before.health.epoch)
    expect(await auditOf(store, 'hash of a')).toHaveLength((await stored(store, 'a')).version)
    database.pragma(mendIt)
    expect((await store.health()).writable).toBe(true)
    await committed(store, 'a')
    await store.close()
  })

  it('says so in health until a write is possible again', async () => {
    const database = openDatabase(folder.newPath())
    const store = storeOn(database, 'sqlite', Date.now)
    database.pragma('query_only = 1')
    expect((await store.health()).writable).toBe(true)
    await expect(store.create(newSession('a'), entryOf('create'))).rejects.toMatchObject(unavailable)
    expect((await store.health()).writable).toBe(false)
    database.pragma('query_only = 0')
    expect((await store.health()).writable).toBe(true)
    await store.close()
  })

  it('keeps neither the change nor its record when the record cannot be written', async () => {
    const database = openDatabase(folder.newPath())
    const store = storeOn(database, 'sqlite', Date.now)
    await created(store, 'a')
    const before = await everythingIn(store)
    database.exec("CREATE TEMP TRIGGER full BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'no room'); END")
    const first = await stored(store, 'a')
    await expect(store.commit(changeOf(first), entryOf('update'))).rejects.toMatchObject(unavailable)
    await expect(store.end('a', 'revoked', entryOf('end'))).rejects.toMatchObject(unavailable)
    await expect(store.create(newSession('b', { replaces: 'a' }), entryOf('create'))).rejects.toMatchObject(unavailable)
    await expect(store.endSubject(first, 'all', entryOf('end_subject'))).rejects.toMatchObject(unavailable)
    await expect(store.exchange('a', 9, idleMs, entryOf('exchange'))).rejects.toMatchObject(unavailable)
    database.exec('DROP TRIGGER full')
    expect(await everythingIn(store)).toEqual(before)
    await store.close()
  })

  it('answers store_unavailable with the cause when the file is damaged', async () => {
    const path = folder.newPath()
    const whole = sqliteStore({ path })
    for (let index = 0; index < 50; index += 1) await created(whole, `${index}`, { body: 'x'.repeat(2000) })
    await whole.close()
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.fill(0xff, bytes.length / 2))
    const store = sqliteStore({ path })
    const ids = Array.from({ length: 50 }, (_, index) => `${index}`)
    await expect(store.read(ids)).rejects.toMatchObject({ ...unavailable, cause: { code: expect.stringContaining('SQLITE_CORRUPT') } })
    await store.close()
  })
})

describe('the failure of a step', () => {
  it('is an unknown outcome when the commit was written but perhaps not kept', () => {
    const error = new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_FSYNC')
    expect(failureOf(error, 'write')).toMatchObject({ code: 'outcome_unknown', cause: error })
    expect(failureOf(error, 'read')).toMatchObject({ code: 'store_unavailable', cause: error })
  })

  it('is passed on as it is when it is none of the database', () => {
    const error = new RangeError('ours')
    expect(failureOf(error, 'write')).toBe(error)
  })
})

async function everythingIn(store: SessionStore) {
  const { nowMs, ...health } = await store.health()
  const { records } = await store.read(['a', 'b', 'c'])
  return { health, records, audit: await auditOf(store), keys: await store.signingKeys() }
}

/** A full database may have room in the pages that it has: creates sessions until there is none. */
async function untilRefused(store: SessionStore): Promise<void> {
  for (let index = 0; index < 1000; index += 1) {
    const outcome = await store.create(newSession(`filler ${index}`, { body: 'x'.repeat(5000) }), entryOf('create')).catch(() => null)
    if (outcome === null) return
    kind(outcome, 'created')
  }
  throw new Error('the store is never full')
}

function changeRaw(path: string, sql: string): void {
  const database = new Database(path)
  database.exec(sql)
  database.close()
}
