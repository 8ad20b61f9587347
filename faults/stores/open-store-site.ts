import { postgresPrograms } from '../../tools/servers/postgres-server.ts'
import { startPostgresSite } from './postgres-site.ts'
import { startPostgresStandbySite } from './postgres-standby-site.ts'
import { startRedisSite } from './redis-site.ts'
import { startSentinelSite } from './sentinel-site.ts'
import { startSqliteSite } from './sqlite-site.ts'
import type { StoreSite } from './store-site.ts'

/** Each store that a run can be about, and the programs that it needs. */
export const storeSites = {
  sqlite: { programs: ['nginx'], start: startSqliteSite },
  postgres: { programs: ['nginx', ...postgresPrograms], start: startPostgresSite },
  'postgres-standby': { programs: ['nginx', ...postgresPrograms], start: startPostgresStandbySite },
  redis: { programs: ['nginx', 'redis-server', 'redis-cli'], start: startRedisSite },
  'redis-sentinel': { programs: ['nginx', 'redis-server', 'redis-cli'], start: startSentinelSite },
} as const satisfies Readonly<Record<string, { readonly programs: readonly string[]; readonly start: () => Promise<StoreSite> }>>

export type StoreName = keyof typeof storeSites
