import { SessionError } from '@single-state/core/protocol'
import type { SessionStore } from '../store.ts'
import { housekeepingVerbs } from './housekeeping-verbs.ts'
import { openLink } from './link.ts'
import { keepLinked, type Links } from './links.ts'
import { lookVerbs } from './look-verbs.ts'
import { failureOf } from './redis-failure.ts'
import { checkRedisOptions, type RedisStoreOptions } from './redis-options.ts'
import { createCalls } from './session-calls.ts'
import { sessionVerbs } from './session-verbs.ts'

/**
 * A store on Redis 6.2 or newer: one primary with replicas, alone, with Sentinel or with managed failover; for several
 * gateways. Needs the package `ioredis`.
 *
 * ```ts
 * const store = await redisStore({ url: 'rediss://sessions.example.com:6380', replicas: 1 })
 * ```
 *
 * @throws TypeError naming the option, or what of the Redis cannot keep sessions: a cluster, eviction, an old version.
 * @throws SessionError `store_unavailable` when it does not answer.
 */
export async function redisStore(options: RedisStoreOptions): Promise<SessionStore> {
  const settings = checkRedisOptions(options)
  const links = await keepLinked((onLost) => openLink(settings, onLost)).catch((error: unknown) => {
    throw error instanceof TypeError ? error : startFailure(settings.address.name, error)
  })
  const calls = createCalls(links, settings.journal)
  return {
    name: settings.address.name,
    durability: await durabilityOf(links),
    ...sessionVerbs(calls),
    ...lookVerbs(calls),
    ...housekeepingVerbs(calls, links, settings),
  }
}

function startFailure(name: string, cause: unknown): SessionError {
  return new SessionError('store_unavailable', `${name}: ${failureOf(cause, 'read').message}`, { cause })
}

async function durabilityOf(links: Links): Promise<SessionStore['durability']> {
  const link = links.current()
  if (link.replicas() > 0) return 'replicas'
  return (await link.facts()).keepsFile ? 'disk' : 'memory'
}
