import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { machine } from '../measure/machine.ts'
import { startChild } from '../measure/orders.ts'
import { percentile, type Spread, spreadOf } from '../measure/statistics.ts'
import { table } from '../report/table.ts'
import type { Attack, AttackOrder } from './slow-attacker.ts'
import type { TimedOrder, Times } from './timed-application.ts'

/** What the command line asks for. */
export interface SlowClientsOptions {
  readonly rounds: number
  /** Of each half of a round. */
  readonly seconds: number
  /** That the attacker holds. */
  readonly connections: number
  readonly json?: string | undefined
}

/** Everything that one run showed. */
export interface SlowClientsResult {
  readonly machine: string
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  readonly rows: readonly SlowClientsRow[]
}

/** One kind of read in one round, without and with the attack. */
export interface SlowClientsRow {
  readonly read: string
  readonly round: number
  readonly samples: number
  readonly quiet: Figures
  readonly attacked: Figures
}

/** How a read is called by the connection that it came on. */
export const readsBy = { kept: 'by kept connections', fresh: 'by new connections' } as const

interface Figures {
  readonly p50Ms: number
  readonly p99Ms: number
}

/** How long reads take an application while somebody else holds connections, headers and bodies: round for round without and with. */
export async function benchSlowClients({ rounds, seconds, connections, json }: SlowClientsOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'benchmark-'))
  const stops: (() => Promise<void>)[] = []
  const start = async <Ready>(script: string, order: object) => {
    const { process, ready } = await startChild<Ready>(script, order)
    stops.unshift(() => process.stop())
    return ready
  }
  try {
    const store = `sqlite:${join(folder, 'sessions.db')}`
    const gateway = await start<{ origin: string; key: string; cookies: [string] }>('gateway/gateway-process.ts', { store, count: 1 })
    const { origin, key, cookies } = gateway
    const timed: TimedOrder = { gateway: origin, key, cookie: cookies[0] }
    const application = await start<{ port: number }>('slow-clients/timed-application.ts', timed)
    const attack: AttackOrder = { gateway: origin, connections }
    const attacker = await start<{ port: number }>('slow-clients/slow-attacker.ts', attack)
    const rows = await measureRounds({ application: application.port, attacker: attacker.port, rounds, seconds })
    const result: SlowClientsResult = { machine: machine(), rounds, seconds, connections, rows }
    process.stdout.write(`${result.machine}\n\n${table(slowClientsCells(rows))}\n\n${summaryOf(rows)}\n`)
    if (json) await writeFile(json, `${JSON.stringify(result, null, 2)}\n`)
  } finally {
    for (const stop of stops) await stop()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Plan {
  readonly application: number
  readonly attacker: number
  readonly rounds: number
  readonly seconds: number
}

async function measureRounds({ application, attacker, rounds, seconds }: Plan): Promise<readonly SlowClientsRow[]> {
  const rows: SlowClientsRow[] = []
  const read = () => ask<Times>(application, 'POST', String(seconds))
  const attacked = async () => {
    const { held } = await ask<Attack>(attacker, 'POST')
    const times = await read()
    const { letGo } = await ask<Attack>(attacker, 'POST')
    await ask<Attack>(attacker, 'DELETE')
    process.stderr.write(`${held} connections held, ${letGo} let go so far\n`)
    return times
  }
  // Warms both up; no figure of it counts.
  await ask<Times>(application, 'POST', '1')
  for (let round = 1; round <= rounds; round += 1) {
    // By turns which of them is first, so that neither always finds what the other left.
    const early = round % 2 === 1 ? await read() : null
    const under = await attacked()
    const quiet = early ?? (await read())
    for (const kind of ['kept', 'fresh'] as const)
      rows.push({
        read: readsBy[kind],
        round,
        samples: quiet[kind].length + under[kind].length,
        quiet: figuresOf(quiet[kind]),
        attacked: figuresOf(under[kind]),
      })
  }
  return rows.toSorted((one, other) => other.read.localeCompare(one.read) || one.round - other.round)
}

async function ask<Answer>(port: number, method: string, body?: string): Promise<Answer> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method, ...(body && { body }) })
  const said = await answer.json()
  if (said.failed) throw new Error(said.failed)
  return said as Answer
}

function figuresOf(times: readonly number[]): Figures {
  const sorted = [...times].sort((one, other) => one - other)
  return { p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) }
}

/** The table, its head first. */
export function slowClientsCells(rows: readonly SlowClientsRow[]): readonly (readonly string[])[] {
  return [head, ...rows.map(cellsOf)]
}

const head = ['strict read, ms', 'round', 'samples', 'p50', 'under attack', 'ratio', 'p99', 'under attack', 'ratio']

function cellsOf({ read, round, samples, quiet, attacked }: SlowClientsRow): readonly string[] {
  const pair = (one: number, other: number) => [one.toFixed(2), other.toFixed(2), (other / one).toFixed(2)]
  return [read, String(round), String(samples), ...pair(quiet.p50Ms, attacked.p50Ms), ...pair(quiet.p99Ms, attacked.p99Ms)]
}

function summaryOf(rows: readonly SlowClientsRow[]): string {
  const lines = [...new Set(rows.map(({ read }) => read))].map((read) => {
    const { median, low, high } = slowdownOf(rows, read)
    return `${read}: p99 under attack is ${median.toFixed(2)} times that without (${low.toFixed(2)} to ${high.toFixed(2)})`
  })
  return lines.join('\n')
}

/** How many times longer the slowest of a hundred reads takes under the attack: of all rounds. */
export function slowdownOf(rows: readonly SlowClientsRow[], read: string): Spread {
  return spreadOf(rows.filter((row) => row.read === read).map(({ quiet, attacked }) => attacked.p99Ms / quiet.p99Ms))
}
