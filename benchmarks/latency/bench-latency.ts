import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { machine } from '../measure/machine.ts'
import { table } from '../report/table.ts'
import { fillDirectly } from '../stores/direct-session.ts'
import { openRedis } from '../stores/open-stores.ts'
import { type LatencyRow, measureLatency } from './measure-latency.ts'

/** What the command line asks for. */
export interface LatencyOptions {
  readonly rounds: number
  /** Most sessions in the store. */
  readonly sessions: number
  readonly json?: string | undefined
}

const sizes = [1_000, 100_000]
const processes = [1, 4, 16]

/** How long writes and revokes take until they are stored, and until they hold everywhere: by sessions and by applications. */
export async function benchLatency({ rounds, sessions, json }: LatencyOptions): Promise<void> {
  const rows: LatencyRow[] = []
  const redis = await openRedis()
  const secret = randomBytes(32).toString('base64url')
  try {
    let filled = 0
    for (const size of sizes.filter((wanted) => wanted <= sessions)) {
      process.stderr.write(`${size} sessions\n`)
      await fillDirectly(redis.store, filled, size)
      filled = size
      for (const applications of processes) {
        process.stderr.write(`  ${applications} application process${applications === 1 ? '' : 'es'}\n`)
        rows.push(...(await measureLatency({ store: redis.url, secret, sessions: size, applications, rounds })))
      }
    }
  } finally {
    await redis.close()
  }
  process.stdout.write(`${machine()}\n\n${table([head, ...rows.map(cellsOf)])}\n`)
  if (json) await writeFile(json, `${JSON.stringify({ machine: machine(), rounds, rows }, null, 2)}\n`)
}

const head = ['Redis store, ms', 'sessions', 'applications', 'samples', 'p50', 'p90', 'p99', 'max']

function cellsOf({ measure, sessions, applications, samples, p50Ms, p90Ms, p99Ms, maxMs }: LatencyRow): readonly string[] {
  const counts = [sessions, applications, samples].map(String)
  return [measure, ...counts, ...[p50Ms, p90Ms, p99Ms, maxMs].map((ms) => ms.toFixed(1))]
}
