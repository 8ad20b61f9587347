import type { SessionStore } from '@single-state/gateway'
import { postgresStore } from '@single-state/gateway/postgres'
import { redisStore } from '@single-state/gateway/redis'
import { type PostgresServer, startPostgres } from '../../tools/servers/postgres-server.ts'
import { type RedisServer, startRedis } from '../../tools/servers/redis-server.ts'

/** A shared store on a server of its own. */
export interface StoreUnderTest {
  readonly name: 'redis' | 'postgres'
  readonly url: string
  readonly store: SessionStore
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
  return { name: 'redis', url: server.url, store, usedBytes, close: () => closeAll(store, server) }
}

async function openPostgres(): Promise<StoreUnderTest> {
  const server = await startPostgres()
  const store = await postgresStore({ url: server.url, migrate: true })
  const usedBytes = async () => Number(await server.sql("SELECT pg_total_relation_size('single_state.sessions')"))
  return { name: 'postgres', url: server.url, store, usedBytes, close: () => closeAll(store, server) }
}

async function closeAll(store: SessionStore, server: RedisServer | PostgresServer): Promise<void> {
  await store.close()
  await server.stop()
}
