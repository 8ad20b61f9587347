import type { ReadsRow } from '../reads/measure-variant.ts'
import { readsBy, slowdownOf } from '../slow-clients/bench-slow-clients.ts'
import type { Results } from './results.ts'

/** One thing that was set out to be reached, and what came out. */
export interface Goal {
  readonly measure: string
  readonly bound: 'at least' | 'at most'
  readonly goal: number
  readonly unit: '' | 'µs' | 'ms' | 'bytes'
  /** Null where the suite was not run. */
  readonly figure: number | null
}

const live = 'Single State, live'
const strict = 'Single State, strict, Redis'
const expressSession = 'express-session + connect-redis'

/** Every goal, in one order, with its figure. */
export function goalsOf(results: Results): readonly Goal[] {
  return [...readGoals(results), ...writeGoals(results), ...growthGoals(results), ...attackGoals(results)]
}

/** Whether a figure keeps to its bound. */
export function isReached({ bound, goal, figure }: Goal): boolean {
  return figure !== null && (bound === 'at least' ? figure >= goal : figure <= goal)
}

function readGoals({ reads }: Results): readonly Goal[] {
  const rows = reads?.rows ?? []
  const at = (variant: string, connections: number, framework = 'express') => ratioOf(rows, variant, connections, framework)
  const cpu = (framework: string) => rowOf(rows, live, 64, framework)
  const peer = (connections: number) => fastestPeer(rows, connections)
  return [
    least('live over the bare handler, Express, 1 connection', 0.93, at(live, 1)),
    least('live over the bare handler, Hono, 1 connection', 0.95, at(live, 1, 'hono')),
    most('live: processor time added to a request, Express, 64 connections', 5, addedUs(cpu('express')), 'µs'),
    most('live: processor time added to a request, Hono, 64 connections', 5, addedUs(cpu('hono')), 'µs'),
    least(`live over ${expressSession}, 1 connection`, 3.8, over(at(live, 1), at(expressSession, 1))),
    least(`live over ${expressSession}, 64 connections`, 2.4, over(at(live, 64), at(expressSession, 64))),
    least(`strict over ${expressSession}, 1 connection`, 1.25, over(at(strict, 1), at(expressSession, 1))),
    least(`strict over ${expressSession}, 64 connections`, 2.4, over(at(strict, 64), at(expressSession, 64))),
    least('strict over the bare handler, Express, 64 connections', 0.9, at(strict, 64)),
    most('strict: processor time of the gateway for a read, 64 connections', 8, rowOf(rows, strict, 64)?.gatewayCpuUs ?? null, 'µs'),
    least('live over the fastest peer, Express, 1 connection', 2.3, over(at(live, 1), peer(1))),
    least('live over the fastest peer, Express, 64 connections', 1.8, over(at(live, 64), peer(64))),
    least('strict over the fastest peer, Express, 64 connections', 2, over(at(strict, 64), peer(64))),
  ]
}

function writeGoals({ commits, latency, memory }: Results): readonly Goal[] {
  const commit = (store: string) => commits?.rows.find((row) => row.store === store)?.ratio.median ?? null
  const settled = latency?.rows.find(({ measure, applications }) => measure === 'write, effective everywhere' && applications === 4)
  return [
    most("a commit through the gateway over the store's own, Redis", 2.5, commit('redis')),
    most("a commit through the gateway over the store's own, PostgreSQL", 2.5, commit('postgres')),
    most('a write until it is effective everywhere, p50, 4 applications', 150, settled?.p50Ms ?? null, 'ms'),
    most('heap for each session in memory', 3_072, memory?.bytes ?? null, 'bytes'),
  ]
}

function growthGoals({ growth, latency }: Results): readonly Goal[] {
  const stores = [
    { store: 'redis', name: 'Redis' },
    { store: 'postgres', name: 'PostgreSQL' },
  ]
  const grown = stores.flatMap(({ store, name }) => {
    const last = growth?.rows.filter((row) => row.store === store && row.size.endsWith('sessions')).at(-1)
    const size = last?.size ?? '1000000 sessions'
    return [
      most(`a read with ${size} over one with 1000, ${name}`, 1.3, last?.readRatio ?? null),
      most(`a commit with ${size} over one with 1000, ${name}`, 1.3, last?.commitRatio ?? null),
    ]
  })
  const read = (applications: number) => {
    const found = latency?.rows.find((row) => row.measure === 'read, strict' && row.applications === applications)
    return found?.p50Ms ?? null
  }
  return [...grown, most('a strict read with 16 applications over one with 1, p50', 1.3, over(read(16), read(1)))]
}

function attackGoals({ 'slow-clients': slow }: Results): readonly Goal[] {
  const connections = slow?.connections ?? 2_000
  return Object.values(readsBy).map((read) => {
    const figure = slow ? slowdownOf(slow.rows, read).median : null
    return most(`a strict read ${read} while ${connections} slow ones are held, p99, over one without`, 2, figure)
  })
}

function least(measure: string, goal: number, figure: number | null): Goal {
  return { measure, bound: 'at least', goal, unit: '', figure }
}

function most(measure: string, goal: number, figure: number | null, unit: Goal['unit'] = ''): Goal {
  return { measure, bound: 'at most', goal, unit, figure }
}

function rowOf(rows: readonly ReadsRow[], variant: string, connections: number, framework = 'express'): ReadsRow | undefined {
  return rows.find((row) => row.variant === variant && row.connections === connections && row.framework === framework)
}

function ratioOf(rows: readonly ReadsRow[], variant: string, connections: number, framework: string): number | null {
  return rowOf(rows, variant, connections, framework)?.ratio.median ?? null
}

function addedUs(row: ReadsRow | undefined): number | null {
  return row ? row.cpuUs - row.bareCpuUs : null
}

function over(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one / other
}

/** The best ratio under Express of what is neither ours nor the bare handler. */
function fastestPeer(rows: readonly ReadsRow[], connections: number): number | null {
  const peers = rows.filter(
    ({ variant, framework, ...row }) =>
      framework === 'express' && row.connections === connections && variant !== 'bare handler' && !variant.startsWith('Single State'),
  )
  return peers.length === 0 ? null : Math.max(...peers.map(({ ratio }) => ratio.median))
}
