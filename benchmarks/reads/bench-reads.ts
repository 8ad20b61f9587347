import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRedis } from '../../tools/servers/redis-server.ts'
import { hasProgram } from '../../tools/servers/server-process.ts'
import { machine } from '../measure/machine.ts'
import { createProgress, type Progress } from '../measure/progress.ts'
import { jobsOf } from './jobs.ts'
import { loadSeconds, measureVariant, type ReadsRow, stepsOf } from './measure-variant.ts'
import { readsChart } from './reads-chart.ts'
import { readsText } from './reads-report.ts'
import type { NoFigure, ReadsResult } from './reads-result.ts'
import type { Variant } from './variant.ts'
import { variants } from './variants.ts'

/** What the command line asks for. */
export interface ReadsOptions {
  readonly rounds: number
  readonly seconds: number
  readonly only: string
  readonly framework?: string | undefined
  readonly json?: string | undefined
  readonly chart?: string | undefined
}

const connections = [1, 64]

/** 120 s of load: at 150 s of its age a token of ours is exchanged, and wrk would go on showing the old one. */
const longestS = 120

/** 2,000 sessions: more than a process happens to have at hand, fewer than take a minute to make. */
const people = 2_000

/** Measures every variant in turn, says so while it does, and prints one table at the end; status 1 when one gave no figure. */
export async function benchReads({ rounds, seconds, only, framework, json, chart }: ReadsOptions): Promise<void> {
  const missing = ['wrk', 'redis-server'].filter((program) => !hasProgram(program))
  if (missing.length > 0) throw new Error(`needs ${missing.join(' and ')}`)
  const lengthS = loadSeconds({ connections, rounds, seconds })
  if (lengthS > longestS)
    throw new RangeError(`expected at most ${longestS} s of load for one variant, found ${lengthS}: fewer rounds or seconds`)
  const jobs = jobsOf(variants, only, framework)
  const folder = await mkdtemp(join(tmpdir(), 'benchmark-'))
  const redis = await startRedis()
  try {
    const rows: ReadsRow[] = []
    const invalid: NoFigure[] = []
    const plan = { connections, rounds, seconds, people, redisUrl: redis.url, folder }
    const steps = stepsOf(plan)
    const counted = createProgress(jobs.length * steps)
    for (const job of jobs) {
      const progress = untilStep(counted, steps)
      const name = { variant: job.variant.name, framework: job.framework }
      await measureVariant(job.variant, { ...plan, framework: job.framework, progress }).then(
        (measured) => void rows.push(...measured),
        (error) => void invalid.push({ ...name, reason: String(error).slice(0, 500) }),
      )
      progress.rest()
      await redis.cli('FLUSHALL')
    }
    const about = { machine: machine(), versions: await versionsOf(variants) }
    const promises = variants.slice(1).map(({ name, stale }) => ({ variant: name, stale }))
    const result: ReadsResult = { ...about, people, rounds, seconds, promises, rows, invalid }
    process.stdout.write(readsText(result))
    if (json) await writeFile(json, `${JSON.stringify(result, null, 2)}\n`)
    if (chart) await writeFile(chart, readsChart(result))
    if (invalid.length > 0) process.exitCode = 1
  } finally {
    await redis.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A variant that fails early takes fewer steps than it was counted for; `rest` ends those, too. */
function untilStep(counted: Progress, steps: number): Progress & { rest(): void } {
  let done = 0
  const end = (ended = 1) => {
    done += ended
    counted.end(ended)
  }
  return { begin: counted.begin, end, rest: () => end(steps - done) }
}

async function versionsOf(all: readonly Variant[]): Promise<readonly string[]> {
  const peers = new Set(all.flatMap(({ peer }) => (peer === null ? [] : [peer])))
  const named = await Promise.all([...peers, 'connect-redis', 'express', 'hono'].map(async (name) => `${name} ${await versionOf(name)}`))
  return named
}

async function versionOf(name: string): Promise<string> {
  const file = join(import.meta.dirname, '..', 'node_modules', name, 'package.json')
  return (JSON.parse(await readFile(file, 'utf8')) as { readonly version: string }).version
}
