import { setTimeout as pause } from 'node:timers/promises'
import { histogramOf } from '../measure/histogram.ts'
import { type Child, startChild } from '../measure/orders.ts'
import { percentile } from '../measure/statistics.ts'
import type { Denied, WatchOrder } from './watching-application.ts'
import { createWritingApplication, type WritingApplication } from './writing-application.ts'

/** One measure at one size: milliseconds. */
export interface LatencyRow {
  readonly sessions: number
  readonly applications: number
  readonly measure: string
  readonly samples: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** How many fall into each bin of `edgesMs`. */
  readonly histogram: readonly number[]
}

/** Where it is measured. */
export interface LatencyPlan {
  readonly store: string
  /** Of every gateway on it. */
  readonly secret: string
  /** In the store already. */
  readonly sessions: number
  /** Processes that hold leases. */
  readonly applications: number
  readonly rounds: number
}

interface Gateway {
  readonly origin: string
  readonly key: string
  readonly cookies: readonly string[]
}

type Watcher = Child<{ readonly port: number }>

/** Processes that start at once: sixteen would keep a small machine from answering any of them in time. */
const startedAtOnce = 4

/** Sessions that are written, or ended, at once in a round. */
const atOnce = 8

/** Writes and revokes through one gateway, while other processes hold leases and read. */
export async function measureLatency({ store, secret, sessions, applications, rounds }: LatencyPlan): Promise<readonly LatencyRow[]> {
  const gateway = await startChild<Gateway>('gateway/gateway-process.ts', { store, secret, count: atOnce * (rounds + 1) })
  const { origin, key, cookies } = gateway.ready
  const watchers: Watcher[] = []
  const writer = createWritingApplication(gateway.ready)
  try {
    const order: WatchOrder = { gateway: origin, key, cookies }
    const start = () => startChild<{ readonly port: number }>('latency/watching-application.ts', order)
    for (let at = 0; at < applications; at += startedAtOnce) {
      watchers.push(...(await Promise.all(Array.from({ length: Math.min(startedAtOnce, applications - at) }, start))))
    }
    const writes = await measureWrites(writer, watchers, cookies.slice(0, atOnce), rounds)
    const revokes = await measureRevokes(writer, watchers, cookies.slice(atOnce))
    const rowOf = (measure: string, times: readonly number[]) => ({ sessions, applications, measure, ...figuresOf(times) })
    return Object.entries({ ...writes, ...revokes }).map(([measure, times]) => rowOf(measure, times))
  } catch (error) {
    throw new Error(`${error}; the gateway said:\n${gateway.process.output().slice(-2_000)}`, { cause: error })
  } finally {
    writer.close()
    for (const { process } of [...watchers, gateway]) await process.stop()
  }
}

async function measureWrites(writer: WritingApplication, watchers: readonly Watcher[], cookies: readonly string[], rounds: number) {
  const times = { read: [] as number[], committed: [] as number[], everywhere: [] as number[], stopped: [] as number[] }
  const writeAll = async (settle: 'commit' | 'everywhere', into: number[]) => {
    const written = await Promise.all(cookies.map((cookie) => writer.write(cookie, settle)))
    into.push(...written.map(({ writeMs }) => writeMs))
    times.read.push(...written.map(({ readMs }) => readMs))
  }
  await warmedUp(() => writeAll('commit', []))
  times.read.length = 0
  for (let round = 0; round < rounds; round += 1) {
    for (let again = 0; again < 5; again += 1) await writeAll('commit', times.committed)
    await writeAll('everywhere', times.everywhere)
    const { process, ready } = watchers[round % watchers.length] as Watcher
    // Whoever says nothing may still hold a lease: only its time can end that.
    process.signal('SIGSTOP')
    await writeAll('everywhere', times.stopped)
    process.signal('SIGCONT')
    // Answered as soon as it reads from memory again.
    await fetch(`http://127.0.0.1:${ready.port}/`, { method: 'PUT', body: JSON.stringify(cookies) })
  }
  return {
    'read, strict': times.read,
    'write, committed': times.committed,
    'write, effective everywhere': times.everywhere,
    'write, effective everywhere, one application stopped': times.stopped,
  }
}

/** The first calls learn what the gateway is. On a busy machine that can take longer than a read may. */
async function warmedUp(call: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call()
    } catch (error) {
      if (attempt === 20) throw error
      await pause(500)
    }
  }
}

/** Each round ends sessions that one of the applications, another in every round, is reading as fast as it can. */
async function measureRevokes(writer: WritingApplication, watchers: readonly Watcher[], cookies: readonly string[]) {
  const times = { acknowledged: [] as number[], strict: [] as number[], live: [] as number[] }
  for (let at = 0; at < cookies.length; at += atOnce) {
    const ended = cookies.slice(at, at + atOnce)
    const { port } = (watchers[(at / atOnce) % watchers.length] as Watcher).ready
    const watching = fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify(ended) })
    // Reads are under way before the end is: 50 of them.
    await pause(50)
    const revoked = await Promise.all(ended.map((cookie) => writer.revoke(cookie)))
    const denied = (await (await watching).json()) as readonly Denied[]
    for (const [index, { committedAtMs, acknowledgedMs }] of revoked.entries()) {
      const { strictAtMs, liveAtMs } = denied[index] as Denied
      times.acknowledged.push(acknowledgedMs)
      // The store's clock counts whole milliseconds.
      times.strict.push(Math.max(0, strictAtMs - committedAtMs))
      times.live.push(Math.max(0, liveAtMs - committedAtMs))
    }
  }
  return {
    'revoke, acknowledged': times.acknowledged,
    'revoke to first denied strict read': times.strict,
    'revoke to first denied live read': times.live,
  }
}

function figuresOf(times: readonly number[]): Omit<LatencyRow, 'sessions' | 'applications' | 'measure'> {
  const sorted = [...times].sort((one, other) => one - other)
  const at = (part: number) => percentile(sorted, part)
  return { samples: sorted.length, p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), maxMs: at(1), histogram: histogramOf(sorted) }
}
