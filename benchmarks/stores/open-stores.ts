import type { SessionStore } from '@single-state/gateway'
import { postgresStore } from '@single-state/gateway/postgres'
import { redisStore } from '@single-state/gateway/redis'
import { type PostgresServer, startPostgres } from '../../tools/servers/postgres-server.ts'
import { type RedisServer, startRedis } from '../../tools/servers/redis-server.ts'
import { fillDirectly } from './direct-session.ts'

/** A shared store on a server of its own. */
export interface StoreUnderTest {
  readonly name: 'redis' | 'postgres'
  readonly url: string
  readonly store: SessionStore
  /** Brings the sessions of the store from `have` to `count`: others, of as many people, all like the one with this id. */
  fill(id: string, have: number, count: number): Promise<void>
  /** Bytes that the server keeps for its data. */
  usedBytes(): Promise<number>
  close(): Promise<void>
}

/** Redis and PostgreSQL, each as its documentation says for data that must not be lost: appended to disk before an answer. */
export async function openStores(): Promise<readonly StoreUnderTest[]> {
  return [await openRedis(), await openPostgres()]
}

/** Redis alone. */
export async function openRedis(): Promise<StoreUnderTest> {
  const server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'everysec'] })
  const store = await redisStore({ url: server.url })
  const usedBytes = async () => Number(/used_memory:(\d+)/.exec(await server.cli('INFO', 'memory'))?.[1])
  const fill = (_id: string, have: number, count: number) => fillDirectly(store, have, count)
  return { name: 'redis', url: server.url, store, fill, usedBytes, close: () => closeAll(store, server) }
}

async function openPostgres(): Promise<StoreUnderTest> {
  const server = await startPostgres()
  const store = await postgresStore({ url: server.url, migrate: true })
  const usedBytes = async () => Number(await server.sql("SELECT pg_total_relation_size('single_state.sessions')"))
  const fill = (id: string, have: number, count: number) => copySessions(server, id, have, count)
  return { name: 'postgres', url: server.url, store, fill, usedBytes, close: () => closeAll(store, server) }
}

/** Copies made by one statement. */
const copiesAtOnce = 20_000

/**
 * Copies a session within the database, with its audit record: a million creations, each synced to disk, would take longer
 * than all that is measured.
 */
async function copySessions(server: PostgresServer, id: string, have: number, count: number): Promise<void> {
  for (let first = have; first < count; first += copiesAtOnce) {
    const last = Math.min(first + copiesAtOnce, count) - 1
    await server.sql(`
      WITH copied AS (
        INSERT INTO single_state.sessions
        SELECT copy.* FROM single_state.sessions AS model, generate_series(${first}, ${last}) AS number,
          LATERAL (SELECT md5(number::text) || left(model.id, 11) AS id) AS other,
          LATERAL jsonb_populate_record(model, jsonb_build_object('id', other.id, 'id_hash', left(other.id, 16), 'subject', other.id)) AS copy
        WHERE model.id = '${id}' RETURNING id
      ), counted AS (
        UPDATE single_state.store SET audit_seq = audit_seq + (SELECT count(*) FROM copied) RETURNING audit_seq
      )
      INSERT INTO single_state.audit
      SELECT counted.audit_seq + 1 - row_number() OVER (), model.at_ms, copied.id, model.record
      FROM copied, counted, (SELECT at_ms, record FROM single_state.audit LIMIT 1) AS model`)
  }
  await server.sql('VACUUM ANALYZE')
}

async function closeAll(store: SessionStore, server: RedisServer | PostgresServer): Promise<void> {
  await store.close()
  await server.stop()
}
