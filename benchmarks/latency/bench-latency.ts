import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { edgesMs, histogramLegend, histogramText } from '../measure/histogram.ts'
import { machine } from '../measure/machine.ts'
import { createProgress } from '../measure/progress.ts'
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

/** Everything that one run showed. */
export interface LatencyResult {
  readonly machine: string
  readonly rounds: number
  readonly edgesMs: readonly number[]
  readonly rows: readonly LatencyRow[]
  /** What could not be measured because a call failed. */
  readonly invalid: readonly { readonly sessions: number; readonly applications: number; readonly reason: string }[]
}

const sizes = [1_000, 100_000]
const processes = [1, 4, 16]

/** How long writes and revokes take until they are stored, and until they hold everywhere: by sessions and by applications. */
export async function benchLatency({ rounds, sessions, json }: LatencyOptions): Promise<void> {
  const wanted = sizes.filter((size) => size <= sessions)
  const progress = createProgress(wanted.length * (1 + processes.length))
  const rows: LatencyRow[] = []
  const invalid: LatencyResult['invalid'][number][] = []
  const redis = await openRedis()
  const secret = randomBytes(32).toString('base64url')
  try {
    let filled = 0
    for (const size of wanted) {
      progress.begin(`${size} sessions are made`)
      await fillDirectly(redis.store, filled, size)
      progress.end()
      filled = size
      for (const applications of processes) {
        progress.begin(`${size} sessions, ${applications} application process${applications === 1 ? '' : 'es'}`)
        await measureLatency({ store: redis.url, secret, sessions: size, applications, rounds }).then(
          (measured) => void rows.push(...measured),
          (error) => void invalid.push({ sessions: size, applications, reason: String(error) }),
        )
        progress.end()
      }
    }
  } finally {
    await redis.close()
  }
  const result: LatencyResult = { machine: machine(), rounds, edgesMs, rows, invalid }
  process.stdout.write(`${result.machine}\n\n${table(latencyCells(rows))}\n\n${histogramLegend}\n`)
  for (const { sessions, applications, reason } of invalid) {
    process.stdout.write(`no figure for ${sessions} sessions, ${applications} applications: ${reason}\n`)
  }
  if (invalid.length > 0) process.exitCode = 1
  if (json) await writeFile(json, `${JSON.stringify(result, null, 2)}\n`)
}

/** The table, its head first. */
export function latencyCells(rows: readonly LatencyRow[]): readonly (readonly string[])[] {
  return [head, ...rows.map(cellsOf)]
}

const head = ['Redis store, ms', 'sessions', 'applications', 'samples', 'p50', 'p90', 'p99', 'max', 'histogram']

function cellsOf({ measure, sessions, applications, samples, p50Ms, p90Ms, p99Ms, maxMs, histogram }: LatencyRow): readonly string[] {
  const counts = [sessions, applications, samples].map(String)
  return [measure, ...counts, ...[p50Ms, p90Ms, p99Ms, maxMs].map((ms) => ms.toFixed(1)), histogramText(histogram)]
}
