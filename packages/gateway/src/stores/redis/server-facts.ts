/** What a Redis says of itself. */
export interface ServerFacts {
  readonly version: string
  readonly isCluster: boolean
  readonly isPrimary: boolean
  readonly isLoading: boolean
  readonly runId: string
  readonly replicationId: string
  /** It has never been a replica, as far as it knows: it has no replication id from before. */
  readonly wasAlwaysPrimary: boolean
  /** Those that follow it: not one that is still being given its first data, which nobody would promote. */
  readonly replicas: number
  readonly evicts: string
  readonly keepsFile: boolean
}

/** Reads the answer of `INFO`. */
export function factsOf(info: string): ServerFacts {
  const found = new Map<string, string>()
  for (const line of info.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) found.set(line.slice(0, colon), line.slice(colon + 1))
  }
  const text = (name: string) => found.get(name) ?? ''
  return {
    version: text('redis_version'),
    isCluster: text('cluster_enabled') === '1' || text('redis_mode') === 'cluster',
    isPrimary: text('role') === 'master',
    isLoading: text('loading') === '1',
    runId: text('run_id'),
    replicationId: text('master_replid'),
    wasAlwaysPrimary: /^0*$/.test(text('master_replid2')),
    replicas: followersIn(found).size,
    evicts: text('maxmemory_policy'),
    keepsFile: text('aof_enabled') === '1',
  }
}

/** Why sessions cannot be kept in such a Redis; null where they can. */
export function refusalOf({ version, isCluster, evicts }: ServerFacts): string | null {
  if (isCluster) return 'expected one primary with replicas, found a Redis Cluster: it cannot change a session and its audit in one step'
  if (!isAtLeast(version, 6, 2)) return `expected Redis 6.2 or newer, found ${version}`
  if (evicts !== 'noeviction') return `expected maxmemory-policy noeviction, found ${evicts}: it would drop sessions and their tombstones`
  return null
}

/** A run of a primary: another run, or another history, is another one. */
export function primaryOf({ runId, replicationId }: ServerFacts): string {
  return `${runId}:${replicationId}`
}

/** By their addresses: one that has come back after its network was cut is listed twice, until its old connection is given up. */
function followersIn(found: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set([...found].filter(isFollowing).map(([, text]) => text.slice(0, text.indexOf(',state='))))
}

function isFollowing([name, text]: readonly [string, string]): boolean {
  return /^slave\d+$/.test(name) && text.includes('state=online') && !text.includes('offset=0,')
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number)
  return ownMajor > major || (ownMajor === major && ownMinor >= minor)
}
