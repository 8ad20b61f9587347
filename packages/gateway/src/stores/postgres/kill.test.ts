import { setTimeout as pause } from 'node:timers/promises'
import { isSessionError } from '@single-state/core/errors'
import { describe, expect, it } from 'vitest'
import { type PostgresServer, postgresPrograms, startPostgres } from '../../../../../tools/servers/postgres-server.ts'
import { skipWithout } from '../../../../../tools/servers/server-process.ts'
import { auditOf, changeOf, created, entryOf, kind, newSession, stored, together } from '../../store-contract/bench.ts'
import type { Heard, SessionStore } from '../store.ts'
import { postgresStore } from './postgres.ts'

/** How often the server is killed; a long run sets it. */
const kills = Number(process.env['SINGLE_STATE_KILLS'] ?? 3)
const writers = 6

/** Bodies by what their writer was told of them. */
interface Told {
  readonly acknowledged: Set<string>
  readonly unknown: Set<string>
  readonly refused: Set<string>
}

/** Commits to one session, one after the other, until one is not acknowledged. */
async function write(store: SessionStore, id: string, told: Told, acknowledge: () => void): Promise<void> {
  for (let index = 0; ; index += 1) {
    const record = await stored(store, id)
    const body = `${id} at ${record.version} ${index}`
    const failed = await store.commit(changeOf(record, { body }), entryOf('update', { reason: body })).then(
      (outcome) => void kind(outcome, 'committed'),
      (error: unknown) => error,
    )
    if (failed === undefined) {
      told.acknowledged.add(body)
      acknowledge()
      continue
    }
    if (!isSessionError(failed)) throw failed
    told[failed.code === 'outcome_unknown' ? 'unknown' : 'refused'].add(body)
    return
  }
}

async function readable(store: SessionStore): Promise<void> {
  for (const deadline = Date.now() + 15_000; ; await pause(20)) {
    const error = await store.read([]).catch((each: unknown) => each)
    if (!isSessionError(error)) return
    if (Date.now() > deadline) throw error
  }
}

describe.skipIf(skipWithout(...postgresPrograms))('a PostgreSQL that is killed', () => {
  const timeout = 60_000 + kills * 20_000
  it(`has what it acknowledged, nothing that it refused, and what is unknown once or not at all, ${kills} times`, { timeout }, async () => {
    let server: PostgresServer = await startPostgres()
    const store = await postgresStore({ url: server.url, migrate: true })
    const told: Told = { acknowledged: new Set(), unknown: new Set(), refused: new Set() }
    try {
      for (let round = 0; round < kills; round += 1) {
        const ids = Array.from({ length: writers }, (_, index) => `session ${round} ${index}`)
        for (const id of ids) await created(store, id, newSession(id))
        let left = 20 + ((round * 37) % 100)
        const dying = Promise.withResolvers<void>()
        const writing = together(writers, (index) =>
          write(store, ids[index] as string, told, () => {
            left -= 1
            if (left === 0) dying.resolve(server.stop('SIGKILL', { keep: true }))
          }).catch((error: unknown) => (isSessionError(error) ? undefined : Promise.reject(error))),
        )
        await Promise.all([dying.promise, writing])
        server = await server.restart()
        await readable(store)
      }
      await checkWhole(store, told)
    } finally {
      await store.close()
      await server.stop()
    }
  })

  it('has lost its readers, and says so; one that was stopped in order has them still', { timeout: 60_000 }, async () => {
    let server: PostgresServer = await startPostgres()
    const store = await postgresStore({ url: server.url, migrate: true })
    const look = (readers: Heard['readers'] = []) => store.changesSince(0, '', { mark: 'm', readers, forget: [] })
    try {
      const before = await look([{ process: 'p', epoch: 'e', seq: 1 }])
      expect(before).toMatchObject({ readers: [{ process: 'p', epoch: 'e', seq: 1, mark: 'm' }] })
      for (const [signal, isKept] of [
        ['SIGINT', true],
        ['SIGKILL', false],
      ] as const) {
        await server.stop(signal, { keep: true })
        server = await server.restart()
        await readable(store)
        const { readers, registry, epoch } = await look()
        expect([readers.length, registry === before.registry, epoch]).toEqual([isKept ? 1 : 0, isKept, before.epoch])
      }
    } finally {
      await store.close()
      await server.stop()
    }
  })
})

async function checkWhole(store: SessionStore, { acknowledged, unknown, refused }: Told): Promise<void> {
  const audit = await auditOf(store)
  expect(audit.map(({ seq }) => seq)).toEqual(audit.map((_, index) => index + 1))
  expect(audit).toHaveLength((await store.health()).seq)
  const applied = audit.filter(({ operation }) => operation === 'update').map(({ reason }) => reason)
  // Each once: a body is written by one commit.
  expect(new Set(applied).size).toBe(applied.length)
  for (const body of acknowledged) expect(applied).toContain(body)
  for (const body of refused) expect(applied).not.toContain(body)
  for (const body of applied) expect(acknowledged.has(body) || unknown.has(body)).toBe(true)
  expect(acknowledged.size).toBeGreaterThan(kills)
}
