import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SessionError } from '@single-state/core/protocol'
import { afterAll, describe, expect, it } from 'vitest'
import { auditOf, created, stored } from '../store-contract/bench.ts'
import type { WriterLine } from './fixtures/sqlite-writer.ts'
import { createTemporaryFolder } from './fixtures/temporary-folder.ts'
import { sqliteStore } from './sqlite.ts'
import type { SessionStore } from './store.ts'

const folder = createTemporaryFolder()
afterAll(folder.remove)

/** How many writers are killed; a long run sets it. */
const kills = Number(process.env['SINGLE_STATE_KILLS'] ?? 5)
const writerPath = fileURLToPath(new URL('./fixtures/sqlite-writer.ts', import.meta.url))

function startWriter(path: string, name: string): ChildProcess {
  return spawn(process.execPath, [writerPath, path, name], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** What a writer says until it has said `enough` lines and is killed, or ends by itself. */
async function linesOf(writer: ChildProcess, enough: number): Promise<readonly WriterLine[]> {
  const lines: WriterLine[] = []
  if (writer.stdout === null) throw new TypeError('the writer has no output')
  for await (const line of createInterface({ input: writer.stdout })) {
    // The last line of a killed process may be cut off: then nobody was told.
    if (line.endsWith('}')) lines.push(JSON.parse(line))
    if (lines.length === enough) writer.kill('SIGKILL')
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit')
  return lines
}

async function refusalOf(path: string): Promise<WriterLine | undefined> {
  const [line] = await linesOf(startWriter(path, 'second'), 1)
  return line
}

const refused = { refused: 'store_unavailable', message: expect.stringContaining('found another process that has it open') }

describe('one sqlite file, several processes', () => {
  it('refuses a second process, which leaves the first one as it was', async () => {
    const path = folder.newPath()
    const store = sqliteStore({ path })
    await created(store, 'a')
    expect(await refusalOf(path)).toEqual(refused)
    expect((await stored(store, 'a')).version).toBe(1)
    await created(store, 'b')
    await store.close()
  })

  it('refuses a second store in the same process, and stays locked to others', async () => {
    const path = folder.newPath()
    const store = sqliteStore({ path })
    expect(() => sqliteStore({ path })).toThrow(SessionError)
    expect(await refusalOf(path)).toEqual(refused)
    await store.close()
    await sqliteStore({ path }).close()
  })

  it(`finds every acknowledged write again after kill -9, ${kills} times`, { timeout: 20_000 + kills * 10_000 }, async () => {
    const path = folder.newPath()
    const acknowledged = new Map<string, { version: number; ended: boolean }>()
    for (let round = 0; round < kills; round += 1) {
      // From within the first checkpoint to well after several.
      const lines = await linesOf(startWriter(path, `writer ${round}`), 20 + ((round * 97) % 400))
      for (const line of lines) {
        if ('refused' in line) throw new Error(line.message)
        acknowledged.set(line.id, line)
      }
      const store = sqliteStore({ path })
      await checkWhole(store, acknowledged)
      await store.close()
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(kills)
  })
})

/** Everything acknowledged is there, and the audit tells the versions of the sessions exactly. */
async function checkWhole(store: SessionStore, acknowledged: ReadonlyMap<string, { version: number; ended: boolean }>): Promise<void> {
  const audit = await auditOf(store)
  const { seq } = await store.health()
  // One record for each change, no more: each is one of the writer's creates, commits and ends.
  expect(audit.map((line) => line.seq)).toEqual(Array.from({ length: seq }, (_, index) => index + 1))
  const told = new Map<string | null, number>()
  for (const { session, fromVersion, toVersion } of audit) {
    expect(fromVersion).toBe(told.get(session) ?? 0)
    told.set(session, toVersion ?? 0)
  }
  for (const [id, { version, ended }] of acknowledged) {
    const record = await stored(store, id)
    expect(record.version).toBeGreaterThanOrEqual(version)
    expect(record.version).toBe(told.get(record.idHash))
    if (ended) expect(record.ended).toBe('revoked')
  }
}
