import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { machine } from '../measure/machine.ts'
import { createProgress } from '../measure/progress.ts'
import { percentile } from '../measure/statistics.ts'
import { table } from '../report/table.ts'
import { type Landmarks, openSite, type Site } from './site.ts'

/** What the command line asks for. */
export interface LogoutOptions {
  readonly rounds: number
  readonly json?: string | undefined
}

/** Everything that one run showed. */
export interface LogoutResult {
  readonly machine: string
  /** Processes that read the session, live and strictly. */
  readonly applications: number
  readonly rows: readonly LogoutRow[]
}

/** One measure: milliseconds. */
export interface LogoutRow {
  readonly measure: string
  readonly samples: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly maxMs: number
}

const applications = 3

/** Of each round: one person after the other, as a logout of one must not wait for that of another. */
const people = 4

const measures: Readonly<Record<keyof Landmarks, string>> = {
  signedIn: 'sign-in, from the gateway by the provider to the session cookie',
  outStrictly: 'sign-out at the provider, until the last application denies a strict read',
  outEverywhere: 'sign-out at the provider, until the last application denies every read',
  told: "sign-out at the provider, until its page says so, after the gateway's answer",
}

/** How long it takes from a sign-out at a real OpenID Connect provider until every application is out, by back-channel logout. */
export async function benchLogout({ rounds, json }: LogoutOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'benchmark-'))
  const progress = createProgress(rounds + 1)
  try {
    progress.begin('gateway, provider and applications start')
    const site = await openSite(`sqlite:${join(folder, 'sessions.db')}`, applications)
    try {
      // The first of everything learns what the others are; no figure of it counts.
      await site.inAndOut()
      progress.end()
      const rows = await measured(site, rounds, progress)
      const result: LogoutResult = { machine: machine(), applications, rows }
      process.stdout.write(`${result.machine}, ${applications} applications\n\n${table(logoutCells(rows))}\n`)
      if (json) await writeFile(json, `${JSON.stringify(result, null, 2)}\n`)
    } finally {
      await site.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measured(site: Site, rounds: number, progress: ReturnType<typeof createProgress>): Promise<readonly LogoutRow[]> {
  const seen: Landmarks[] = []
  for (let round = 1; round <= rounds; round += 1) {
    progress.begin(`${people} people sign in and out`)
    for (let person = 0; person < people; person += 1) seen.push(await site.inAndOut())
    progress.end()
  }
  return Object.entries(measures).map(([landmark, measure]) => {
    const sorted = seen.map((one) => one[landmark as keyof Landmarks]).sort((one, other) => one - other)
    const at = (part: number) => percentile(sorted, part)
    return { measure, samples: sorted.length, p50Ms: at(0.5), p90Ms: at(0.9), maxMs: at(1) }
  })
}

/** The table, its head first. */
export function logoutCells(rows: readonly LogoutRow[]): readonly (readonly string[])[] {
  const cellsOf = ({ measure, samples, p50Ms, p90Ms, maxMs }: LogoutRow) => [
    measure,
    String(samples),
    ...[p50Ms, p90Ms, maxMs].map((ms) => ms.toFixed(1)),
  ]
  return [['ms', 'samples', 'p50', 'p90', 'max'], ...rows.map(cellsOf)]
}
