import { writeFile } from 'node:fs/promises'
import { machine } from '../measure/machine.ts'
import { startChild } from '../measure/orders.ts'
import { percentile, type Spread, spreadOf } from '../measure/statistics.ts'
import { table } from '../report/table.ts'
import { commitDirectly, createDirectly } from '../stores/direct-session.ts'
import { openStores, type StoreUnderTest } from '../stores/open-stores.ts'
import { createGatewayWriter } from './gateway-writer.ts'

/** What the command line asks for. */
export interface CommitsOptions {
  readonly rounds: number
  readonly json?: string | undefined
}

/** One store: a commit through the gateway over the store's own commit, both over one connection. */
export interface CommitsRow {
  readonly store: string
  readonly directP50Us: number
  readonly gatewayP50Us: number
  readonly gatewayP99Us: number
  readonly ratio: Spread
}

/** Everything that one run showed. */
export interface CommitsResult {
  readonly machine: string
  readonly rounds: number
  readonly batch: number
  readonly rows: readonly CommitsRow[]
}

/** Commits per side and round. */
const batch = 500

/** Batches of each side before the first that counts: code is compiled for speed once it has run a few thousand times. */
const warmUps = 8

/**
 * A commit through the gateway against the same script or statement of the store called directly, from this process:
 * rounds of each in turn. Acknowledgements are not settled, so that the cost is that of the work and not of the wait.
 */
export async function benchCommits({ rounds, json }: CommitsOptions): Promise<void> {
  const rows: CommitsRow[] = []
  for (const under of await openStores()) {
    process.stderr.write(`commits on ${under.name}\n`)
    try {
      rows.push(await measureStore(under, rounds))
    } finally {
      await under.close()
    }
  }
  const result: CommitsResult = { machine: machine(), rounds, batch, rows }
  process.stdout.write(`${result.machine}\n\n${table(commitsCells(rows))}\n`)
  if (json) await writeFile(json, `${JSON.stringify(result, null, 2)}\n`)
}

async function measureStore({ name, url, store }: StoreUnderTest, rounds: number): Promise<CommitsRow> {
  const order = { store: url, count: 1 }
  const gateway = await startChild<{ origin: string; key: string; cookies: readonly string[] }>('gateway/gateway-process.ts', order)
  const writer = await createGatewayWriter(gateway.ready, gateway.ready.cookies[0] ?? '')
  try {
    let record = await createDirectly(store, 1)
    const direct = async () => {
      record = await commitDirectly(store, record, 1)
    }
    const through = (at: number) => writer.commit(`tenant-${at}`)
    const sides = { direct: [] as number[][], gateway: [] as number[][] }
    for (let time = 0; time < warmUps; time += 1) {
      await timed(direct)
      await timed(through)
    }
    for (let round = 0; round < rounds; round += 1) {
      sides.direct.push(await timed(direct))
      sides.gateway.push(await timed(through))
    }
    return rowOf(name, sides.direct, sides.gateway)
  } finally {
    await writer.close()
    await gateway.process.stop()
  }
}

/** Microseconds of each of a batch of calls, one after the other, sorted. */
async function timed(call: (at: number) => Promise<void>): Promise<number[]> {
  const times: number[] = []
  for (let at = 0; at < batch; at += 1) {
    const startedAt = performance.now()
    await call(at)
    times.push((performance.now() - startedAt) * 1_000)
  }
  return times.sort((one, other) => one - other)
}

function rowOf(store: string, direct: readonly number[][], gateway: readonly number[][]): CommitsRow {
  const p50 = (rounds: readonly number[][]) => rounds.map((times) => percentile(times, 0.5))
  const [directP50s, gatewayP50s] = [p50(direct), p50(gateway)]
  return {
    store,
    directP50Us: spreadOf(directP50s).median,
    gatewayP50Us: spreadOf(gatewayP50s).median,
    gatewayP99Us: spreadOf(gateway.map((times) => percentile(times, 0.99))).median,
    ratio: spreadOf(gatewayP50s.map((value, round) => value / (directP50s[round] ?? Number.NaN))),
  }
}

/** The table, its head first. */
export function commitsCells(rows: readonly CommitsRow[]): readonly (readonly string[])[] {
  return [head, ...rows.map(cellsOf)]
}

const head = ['commit, 1 connection', 'direct p50 µs', 'gateway p50 µs', 'gateway p99 µs', 'ratio', 'low–high']

function cellsOf({ store, directP50Us, gatewayP50Us, gatewayP99Us, ratio }: CommitsRow): readonly string[] {
  const whole = (value: number) => value.toFixed(0)
  const range = `${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}`
  return [store, whole(directP50Us), whole(gatewayP50Us), whole(gatewayP99Us), ratio.median.toFixed(2), range]
}
