import { execFile } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { entryOf } from '../store-contract/bench.ts'
import { memoryStore } from '../stores/memory.ts'
import { fileSink } from './file-sink.ts'
import type { AuditRecord } from './record.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'single-state-sink-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('the sink of a file', () => {
  it('says so when a disk has room for half of a batch, and has all of it when it comes again', { timeout: 30_000 }, async () => {
    const [given, path] = [join(folder, 'given'), join(folder, 'full')]
    const records = await recordsOf(300)
    await writeFile(given, JSON.stringify(records))
    expect(await writeWithRoomFor(16, given, path)).toBe('EFBIG')
    const half = await readFile(path, 'utf8')
    expect(half).toHaveLength(16 * 1_024)
    await fileSink(path).write(records)
    expect((await readFile(path, 'utf8')).slice(half.length)).toBe(`\n${records.map((record) => `${JSON.stringify(record)}\n`).join('')}`)
  })

  it('knows its last record, whatever was cut short after it', async () => {
    const path = join(folder, 'last')
    const sink = fileSink(path)
    expect(await sink.last()).toBe('empty')
    const records = await recordsOf(2)
    await sink.write(records)
    await appendFile(path, '{"seq":3,"at":"20')
    expect(await sink.last()).toEqual({ seq: 2, at: records[1]?.at })
  })

  it('takes no batch while it writes another', async () => {
    const sink = fileSink(join(folder, 'busy'))
    const records = await recordsOf(1)
    const first = sink.write(records)
    await expect(sink.write(records)).rejects.toThrow('the batch before is still being written')
    await first
    await sink.write(records)
  })
})

async function recordsOf(count: number): Promise<readonly AuditRecord[]> {
  const store = memoryStore()
  for (let at = 0; at < count; at += 1) await store.appendAudit(entryOf('update', { outcome: 'denied' }))
  return store.auditQuery({ afterSeq: 0, idHash: null, limit: count })
}

/** Writes in a process whose files may have so many blocks of 1 KiB. */
async function writeWithRoomFor(blocks: number, from: string, to: string): Promise<string> {
  const script = fileURLToPath(new URL('../fixtures/limited-writer.ts', import.meta.url))
  const { stdout } = await promisify(execFile)('bash', [
    '-c',
    'ulimit -f "$0" && exec "$@"',
    `${blocks}`,
    process.execPath,
    script,
    from,
    to,
  ])
  return stdout
}
