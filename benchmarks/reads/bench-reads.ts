import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRedis } from '../../tools/servers/redis-server.ts'
import { hasProgram } from '../../tools/servers/server-process.ts'
import { machine } from '../measure/machine.ts'
import { measureVariant, type ReadsPlan, type ReadsRow } from './measure-variant.ts'
import { readsChart } from './reads-chart.ts'
import { readsTable } from './reads-report.ts'
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

/** 2,000 sessions: more than a process happens to have at hand, fewer than take a minute to make. */
const people = 2_000

/** Measures every variant in turn, says so while it does, and prints one table at the end. */
export async function benchReads({ rounds, seconds, only, framework, json, chart }: ReadsOptions): Promise<void> {
  const missing = ['wrk', 'redis-server'].filter((program) => !hasProgram(program))
  if (missing.length > 0) throw new Error(`needs ${missing.join(' and ')}`)
  const folder = await mkdtemp(join(tmpdir(), 'benchmark-'))
  const redis = await startRedis()
  try {
    const plan = { connections: [1, 64], rounds, seconds, people, redisUrl: redis.url, folder }
    const jobs = jobsOf(only, framework)
    const rows: ReadsRow[] = []
    for (const [at, job] of jobs.entries()) {
      process.stderr.write(`${at + 1}/${jobs.length}  ${job.variant.name}, ${job.framework}\n`)
      rows.push(...(await measured(job.variant, { ...plan, framework: job.framework })))
      await redis.cli('FLUSHALL')
    }
    const versions = await versionsOf(variants)
    process.stdout.write(`${machine()}\n${versions.join(' · ')}\n\n${readsTable(rows)}\n`)
    if (json) await writeFile(json, `${JSON.stringify({ machine: machine(), versions, people, rounds, seconds, rows }, null, 2)}\n`)
    if (chart) await writeFile(chart, readsChart(rows))
  } finally {
    await redis.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Job {
  readonly variant: Variant
  readonly framework: 'express' | 'hono'
}

function jobsOf(only: string, framework: string | undefined): readonly Job[] {
  const frameworks = (['express', 'hono'] as const).filter((name) => framework === undefined || name === framework)
  const wanted = variants.filter(({ name }) => name.toLowerCase().includes(only.toLowerCase()))
  return frameworks.flatMap((name) => wanted.map((variant) => ({ variant, framework: name })))
}

/** A variant that has no adapter for the framework has no row; one that fails says why and leaves the others their figures. */
async function measured(variant: Variant, plan: ReadsPlan): Promise<readonly ReadsRow[]> {
  try {
    return await measureVariant(variant, plan)
  } catch (error) {
    process.stderr.write(`    left out: ${String(error).split('\n').slice(0, 12).join('\n    ')}\n`)
    return []
  }
}

async function versionsOf(all: readonly Variant[]): Promise<readonly string[]> {
  const peers = new Set(all.flatMap(({ peer }) => (peer === null ? [] : [peer])))
  const named = await Promise.all([...peers, 'express', 'hono'].map(async (name) => `${name} ${await versionOf(name)}`))
  return named
}

async function versionOf(name: string): Promise<string> {
  const file = join(import.meta.dirname, '..', 'node_modules', name, 'package.json')
  return (JSON.parse(await readFile(file, 'utf8')) as { readonly version: string }).version
}
