import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommitsResult } from '../commits/bench-commits.ts'
import type { GrowthResult } from '../growth/bench-growth.ts'
import type { LatencyResult } from '../latency/bench-latency.ts'
import type { LogoutResult } from '../logout/bench-logout.ts'
import type { MemoryResult } from '../memory/bench-memory.ts'
import type { ReadsResult } from '../reads/reads-result.ts'
import type { SlowClientsResult } from '../slow-clients/bench-slow-clients.ts'

/** What the suites wrote with `--json`; a suite that was not run is missing. */
export interface Results {
  readonly reads?: ReadsResult
  readonly commits?: CommitsResult
  readonly growth?: GrowthResult
  readonly latency?: LatencyResult
  readonly memory?: MemoryResult
  readonly logout?: LogoutResult
  readonly 'slow-clients'?: SlowClientsResult
}

const suites = ['reads', 'commits', 'growth', 'latency', 'memory', 'logout', 'slow-clients'] as const

/** Reads `reads.json`, `commits.json` and so on, named after the suites, those that are there. */
export async function readResults(folder: string): Promise<Results> {
  const found = suites.filter((suite) => existsSync(join(folder, `${suite}.json`)))
  if (found.length === 0) throw new TypeError(`report: expected a folder with ${suites.join('.json, ')}.json, found none in ${folder}`)
  const read = async (suite: string) => [suite, JSON.parse(await readFile(join(folder, `${suite}.json`), 'utf8'))] as const
  return Object.fromEntries(await Promise.all(found.map(read)))
}
