import { appendFile, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manualTimers } from '../fixtures/manual-timers.ts'
import { openTestGateway } from '../fixtures/test-gateway.ts'
import { entryOf } from '../store-contract/bench.ts'
import { memoryStore } from '../stores/memory.ts'
import type { SessionStore } from '../stores/store.ts'
import { createLog } from '../telemetry/log.ts'
import { startDraining } from './drain.ts'
import { fileSink } from './file-sink.ts'
import { lastSequence } from './last-sequence.ts'
import { openSink } from './open-sink.ts'
import type { AuditSink } from './sink.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'single-state-audit-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A drain whose seconds and deadlines pass when the test says so. */
function drainOf(store: SessionStore, sink: AuditSink) {
  let second = () => {}
  const every = (_: number, call: () => void) => {
    second = call
    return () => {}
  }
  const { timers, pass, untilWaiting } = manualTimers()
  const said: string[] = []
  const behind: number[] = []
  const log = createLog('warn', { write: (line) => void said.push(JSON.parse(line).msg) })
  const stop = startDraining(store, sink, {
    every,
    after: timers.after,
    afterForStop: timers.after,
    log,
    behind: (records) => void behind.push(records),
  })
  return { second: () => second(), stop, said, behind, pass, untilWaiting }
}

/** A sink that keeps what it was given, as `<seq> <milliseconds>`. */
function keepingSink(last: Awaited<ReturnType<AuditSink['last']>> = 'empty') {
  const taken: string[] = []
  const sink: AuditSink = {
    name: 'function',
    last: async () => last,
    write: async (records) => void taken.push(...records.map(({ seq, at }) => `${seq} ${Date.parse(at)}`)),
  }
  return { taken, sink }
}

async function write(store: SessionStore, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await store.appendAudit(entryOf('update', { outcome: 'denied' }))
}

/** Sequences in a file. */
async function sequencesIn(path: string): Promise<readonly number[]> {
  const text = await readFile(path, 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).seq)
}

function upTo(count: number, first = 1): readonly number[] {
  return Array.from({ length: count - first + 1 }, (_, index) => first + index)
}

describe('the drain of the audit', () => {
  it('passes on every record once, in order, over any number of pages', async () => {
    const [store, path] = [memoryStore(), join(folder, 'all')]
    await write(store, 1_234)
    const drain = drainOf(store, fileSink(path))
    drain.second()
    await write(store, 3)
    await drain.stop()
    expect(await sequencesIn(path)).toEqual(upTo(1_237))
  })

  it('goes on in another process where the file ends', async () => {
    const [store, path] = [memoryStore(), join(folder, 'again')]
    await write(store, 3)
    await drainOf(store, fileSink(path)).stop()
    await write(store, 2)
    await drainOf(store, fileSink(path)).stop()
    expect(await sequencesIn(path)).toEqual(upTo(5))
  })

  it('writes a record again that a crash cut short', async () => {
    const [store, path] = [memoryStore(), join(folder, 'cut')]
    await write(store, 2)
    await drainOf(store, fileSink(path)).stop()
    await write(store, 1)
    await appendFile(path, '{"seq":3,"at":"20')
    await drainOf(store, fileSink(path)).stop()
    const lines = (await readFile(path, 'utf8')).split('\n')
    expect(lines[2]).toBe('{"seq":3,"at":"20')
    expect(JSON.parse(lines[3] ?? '').seq).toBe(3)
  })

  it('takes a new file when the old one was moved away', async () => {
    const [store, path] = [memoryStore(), join(folder, 'moved')]
    await write(store, 2)
    const drain = drainOf(store, fileSink(path))
    drain.second()
    await expect.poll(() => sequencesIn(path).catch(() => [])).toEqual([1, 2])
    await rename(path, `${path}.1`)
    await write(store, 1)
    await drain.stop()
    expect(await sequencesIn(path)).toEqual([3])
  })

  it('brings a batch again that the sink did not take, and loses nothing', async () => {
    const store = memoryStore()
    const taken: number[] = []
    let refusals = 2
    const sink: AuditSink = {
      name: 'function',
      last: async () => 'empty',
      write: async (records) => {
        if (refusals-- > 0) throw new Error('away')
        taken.push(...records.map(({ seq }) => seq))
      },
    }
    await write(store, 4)
    const drain = drainOf(store, sink)
    drain.second()
    await drain.stop()
    expect(taken).toEqual([])
    await drainOf(store, sink).stop()
    expect(taken).toEqual(upTo(4))
  })

  it('passes the last records on again when the store has lost some of them', async () => {
    const [lost, kept] = [memoryStore({ clock: () => 1 }), memoryStore({ clock: () => 2 })]
    await write(lost, 5)
    await write(kept, 4)
    let store = lost
    const taken: string[] = []
    const sink: AuditSink = {
      name: 'function',
      last: async () => 'empty',
      write: async (records) => void taken.push(...records.map(({ seq, at }) => `${seq} ${at.slice(-2, -1)}`)),
    }
    const drain = drainOf({ ...lost, auditQuery: (query) => store.auditQuery(query) }, sink)
    drain.second()
    await expect.poll(() => taken.length).toBe(5)
    store = kept
    await write(kept, 3)
    await drain.stop()
    expect(taken.slice(5)).toEqual(['1 2', '2 2', '3 2', '4 2', '5 2', '6 2', '7 2'])
  })

  it('passes on what a restored store has written since, also in another process', async () => {
    const [lost, restored] = [memoryStore({ clock: () => 1 }), memoryStore({ clock: () => 2 })]
    const path = join(folder, 'restored')
    await write(lost, 10)
    await drainOf(lost, fileSink(path)).stop()
    await write(restored, 4)
    await restored.endAll(entryOf('end_all'))
    const drain = drainOf(restored, fileSink(path))
    await drain.stop()
    expect(await sequencesIn(path)).toEqual([...upTo(10), ...upTo(5)])
    expect(drain.said).toEqual([expect.stringContaining('the store does not have the record that was passed on last')])
  })

  it('passes on from an hour before the record that is missing, not the whole audit again', async () => {
    let nowMs = 0
    const store = memoryStore({ clock: () => nowMs })
    for (nowMs = 0; nowMs < 8 * 3_600_000; nowMs += 3_600_000) await write(store, 1)
    const { sink, taken } = keepingSink({ seq: 9, at: new Date(7.5 * 3_600_000).toISOString() })
    await drainOf(store, sink).stop()
    expect(taken).toEqual([`8 ${7 * 3_600_000}`])
  })

  it('tells which records were swept before the sink had taken them', async () => {
    const store = memoryStore({ clock: () => 5 })
    await write(store, 4)
    let isAway = false
    const { sink, taken } = keepingSink()
    const drain = drainOf(store, { ...sink, write: async (records) => (isAway ? Promise.reject(new Error('away')) : sink.write(records)) })
    drain.second()
    await expect.poll(() => taken.length).toBe(4)
    isAway = true
    await write(store, 6)
    await store.sweep({ endedBeforeMs: 0, auditBeforeMs: 6, limit: 7 })
    isAway = false
    await drain.stop()
    expect(taken.slice(4)).toEqual(['8 5', '9 5', '10 5'])
    expect(drain.said).toEqual(['audit records were swept before the sink had taken them'])
  })

  it('gives up on a sink that does not answer, tells so, and passes the records on when it does', async () => {
    const store = memoryStore()
    await write(store, 3)
    const { sink, taken } = keepingSink()
    let hangs = true
    const drain = drainOf(store, { ...sink, write: (records) => (hangs ? new Promise(() => {}) : sink.write(records)) })
    drain.second()
    await drain.untilWaiting()
    await drain.pass(10_000)
    expect(drain.said).toEqual(['audit records were not passed on; the next second tries again'])
    expect(drain.behind).toEqual([3])
    hangs = false
    drain.second()
    await expect.poll(() => taken).toHaveLength(3)
    await drain.stop()
    expect(drain.behind.at(-1)).toBe(0)
  })

  it('stops within four seconds, whatever the sink does, and closes it', async () => {
    const store = memoryStore()
    await write(store, 1)
    let isClosing = false
    const never = () => new Promise<never>(() => {})
    const close = () => {
      isClosing = true
      return never()
    }
    const drain = drainOf(store, { name: 'hangs', last: async () => 'empty', write: never, close })
    let isStopped = false
    const stopped = drain.stop().then(() => {
      isStopped = true
    })
    await drain.untilWaiting(undefined, 2)
    await drain.pass(3_000)
    expect([isClosing, isStopped]).toEqual([true, false])
    await drain.pass(1_000)
    await stopped
    expect(drain.said).toHaveLength(2)
  })

  it('begins a thousand records back for a sink that cannot tell what it has', async () => {
    const store = memoryStore()
    await write(store, 1_500)
    const lines: string[] = []
    await drainOf(store, openSink('stdout', { write: (line) => lines.push(line) })).stop()
    expect(lines.map((line) => JSON.parse(line).audit.seq)).toEqual(upTo(1_500, 501))
  })
})

describe('the newest sequence', () => {
  it('is found whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 5_000 }), async (newest) => {
        expect(await lastSequence(async (afterSeq) => afterSeq < newest)).toBe(newest)
        expect(await lastSequence(async (afterSeq) => afterSeq < newest, Math.floor(newest / 3))).toBe(newest)
      }),
    )
  })
})

describe('a gateway with a sink', () => {
  it('tells in its metrics how many records the sink does not have, and closes it', async () => {
    const seconds: (() => void)[] = []
    const every = (ms: number, call: () => void) => {
      if (ms === 1_000) seconds.push(call)
      return () => {}
    }
    let isClosed = false
    const close = async () => {
      isClosed = true
    }
    const sink: AuditSink = { name: 'away', last: async () => 'empty', write: async () => Promise.reject(new Error('away')), close }
    const { gateway, signIn, call } = await openTestGateway({ audit: { sink } }, { timers: { ...manualTimers().timers, every } })
    await signIn()
    for (const second of seconds) second()
    await expect.poll(async () => (await call('GET', '/metrics', { as: 'admin' })).body).toContain('\nsingle_state_audit_sink_behind 1\n')
    await gateway.close()
    expect(isClosed).toBe(true)
  })

  it('passes its audit on, what is left of it when it is closed', async () => {
    const { gateway, signIn, logged } = await openTestGateway({ audit: { sink: 'stdout' } })
    await signIn()
    await gateway.close()
    expect(logged().filter((line) => 'audit' in line)).toMatchObject([{ audit: { seq: 1, operation: 'create' } }])
  })
})

describe('openSink', () => {
  it.each([['syslog'], ['file:'], [''], [7], [null], [{}]])('refuses %j, naming the option', (sink) => {
    expect(() => openSink(sink as string, process.stdout)).toThrow(/^audit\.sink: expected 'stdout', 'file:<path>' or a sink, found/)
  })
})
