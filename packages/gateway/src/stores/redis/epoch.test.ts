import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { bob, committed, created, entryOf, stored } from '../../store-contract/bench.ts'
import type { EndsJournal, JournalEntry } from './ends-journal.ts'
import { fileJournal } from './file-journal.ts'
import { eventually } from './fixtures/eventually.ts'
import { createRedisNodes, newPrefix } from './fixtures/redis-nodes.ts'
import { redisJournal } from './redis-journal.ts'

const nodes = createRedisNodes()
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'single-state-journal-'))
})
afterEach(nodes.close)
afterAll(() => rm(folder, { recursive: true }))

describe.skipIf(skipWithout('redis-server', 'redis-cli'))('an epoch', () => {
  it('ends with the run of a Redis: its sessions too, for want of a journal', async () => {
    const dataFolder = await mkdtemp(join(folder, 'data-'))
    const redis = await nodes.start({ dataFolder })
    const store = await nodes.open({ url: redis.url })
    await created(store, 'a')
    const { epoch, endings } = await store.health()
    await redis.stop()
    await nodes.start({ dataFolder, port: redis.port })
    const session = await eventually(() => stored(store, 'a'))
    expect(session).toMatchObject({ ended: 'revoked', version: 1 })
    const now = await store.health()
    expect(now.epoch).not.toBe(epoch)
    expect(now.endings).toBeGreaterThan(endings)
  })

  it('goes on with the connection of another gateway', async () => {
    const redis = await nodes.start()
    const one = await nodes.open({ url: redis.url })
    const other = await nodes.open({ url: redis.url })
    expect((await other.health()).epoch).toBe((await one.health()).epoch)
  })

  it('goes on when a primary gets its first replica, although its replication id is another one then', async () => {
    const redis = await nodes.start()
    const store = await nodes.open({ url: redis.url })
    await created(store, 'a')
    const { epoch } = await store.health()
    const idOf = async () => /master_replid:(\w+)/.exec(await redis.cli('INFO', 'replication'))?.[1]
    const before = await idOf()
    await nodes.start({ replicaOf: redis })
    expect(await idOf()).not.toBe(before)
    const late = await nodes.open({ url: redis.url })
    expect((await stored(late, 'a')).ended).toBeNull()
    expect((await late.health()).epoch).toBe(epoch)
    expect((await eventually(() => committed(store, 'a'))).version).toBe(2)
  })

  it('begins once, however many gateways notice', async () => {
    const dataFolder = await mkdtemp(join(folder, 'data-'))
    const redis = await nodes.start({ dataFolder })
    const stores = await Promise.all(Array.from({ length: 5 }, () => nodes.open({ url: redis.url })))
    await redis.stop()
    await nodes.start({ dataFolder, port: redis.port })
    const found = await Promise.all(stores.map((store) => eventually(() => store.health())))
    expect(new Set(found.map(({ epoch }) => epoch)).size).toBe(1)
    const audit = await eventually(
      () => stores[0]?.auditQuery({ afterSeq: 0, idHash: null, limit: 99 }) ?? Promise.reject(new Error('none')),
    )
    expect(audit.map(({ operation }) => operation)).toEqual(['end_all'])
  })

  it('is noticed by the very next call when the data become those of another primary', async () => {
    const redis = await nodes.start()
    const store = await nodes.open({ url: redis.url, prefix: 'p:' })
    await created(store, 'a')
    await redis.cli('HSET', 'p:store', 'primary', 'another:history')
    await expect(store.read(['a'])).rejects.toMatchObject({ code: 'store_unavailable' })
    expect((await eventually(() => stored(store, 'a'))).ended).toBe('revoked')
  })

  it('is served only when the journal was read', async () => {
    const dataFolder = await mkdtemp(join(folder, 'data-'))
    const redis = await nodes.start({ dataFolder })
    const journal = await nodes.start({ args: ['--appendonly', 'yes'] })
    const store = await nodes.open({ url: redis.url, journal: redisJournal({ url: journal.url }) })
    await created(store, 'a')
    journal.signal('SIGSTOP')
    await redis.stop()
    await nodes.start({ dataFolder, port: redis.port })
    await expect(eventuallyFor(1_500, () => store.read(['a']))).rejects.toMatchObject({ code: 'store_unavailable' })
    journal.signal('SIGCONT')
    expect((await eventually(() => stored(store, 'a'))).ended).toBeNull()
  })

  it('leaves an end unknown that the journal does not take', async () => {
    const redis = await nodes.start()
    const journal = await nodes.start()
    const store = await nodes.open({ url: redis.url, journal: redisJournal({ url: journal.url }) })
    await created(store, 'a')
    await journal.stop('SIGKILL')
    await expect(store.end('a', 'revoked', entryOf('end'))).rejects.toMatchObject({ code: 'outcome_unknown' })
    expect((await stored(store, 'a')).ended).toBe('revoked')
    // What ends nothing needs no journal.
    await created(store, 'b')
  })
})

/** Asks again for so long, and answers or rejects as the last attempt did. */
async function eventuallyFor<Answer>(ms: number, ask: () => Promise<Answer>): Promise<Answer> {
  const until = performance.now() + ms
  let last = ask()
  for (;;) {
    const outcome = await last.then(
      () => 'good',
      () => 'failed',
    )
    if (outcome === 'good' || performance.now() > until) return last
    last = ask()
  }
}

const entry: JournalEntry = { kind: 'sessions', ids: ['a'], reason: 'revoked', subjectKey: null, endings: 0 }

const journals: readonly (readonly [string, () => Promise<EndsJournal>])[] = [
  ['in a file', async () => fileJournal({ path: join(folder, `${newPrefix()}.journal`) })],
  ...(skipWithout('redis-server') ? [] : [['in a Redis', async () => redisJournal({ url: (await nodes.start()).url })] as const]),
]

describe.each(journals)('a journal of ends %s', (_, open) => {
  it('answers what was appended since a mark, in order', async () => {
    const journal = await open()
    expect(await journal.since('')).toMatchObject({ entries: [] })
    await journal.append(entry)
    const first = await journal.since('')
    expect(first.entries).toEqual([entry])
    await Promise.all([1, 2, 3].map((endings) => journal.append({ ...entry, kind: 'all', endings })))
    const rest = await journal.since(first.mark)
    expect(rest.entries.map(({ endings }) => endings)).toEqual([1, 2, 3])
    expect(await journal.since(rest.mark)).toEqual({ entries: [], mark: rest.mark })
    await journal.close()
  })
})

describe('a journal in a file', () => {
  it('skips a line that a crash cut short, and keeps the next', async () => {
    const path = join(folder, 'cut.journal')
    const journal = fileJournal({ path })
    await journal.append(entry)
    await appendFile(path, '{"kind":"sess')
    await journal.append({ ...entry, ids: [bob.subject] })
    expect((await journal.since('')).entries.map(({ ids }) => ids)).toEqual([['a'], ['bob']])
  })
})
