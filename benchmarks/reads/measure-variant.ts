import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpuUs } from '../measure/cpu.ts'
import { type Child, startChild } from '../measure/orders.ts'
import type { Progress } from '../measure/progress.ts'
import { type Spread, spreadOf } from '../measure/statistics.ts'
import { load } from '../measure/wrk.ts'
import { type Checked, checkAnswers, type Expected } from './check-answers.ts'
import type { Variant } from './variant.ts'
import { variants } from './variants.ts'

/** How much is measured. */
export interface ReadsPlan {
  readonly framework: 'express' | 'hono'
  readonly connections: readonly number[]
  readonly rounds: number
  readonly seconds: number
  readonly people: number
  readonly redisUrl: string
  /** Where a sqlite gateway keeps its file. */
  readonly folder: string
  readonly progress: Progress
}

/** 5 s of many connections: the compiler has done with both sides before anything is counted, the gateway included. */
const warmUp = { connections: 64, seconds: 5 }

/** Steps of the progress that one variant takes: its people are signed in, then warm-up and rounds. */
export function stepsOf({ connections, rounds }: Pick<ReadsPlan, 'connections' | 'rounds'>): number {
  return 2 + connections.length * rounds
}

/** Seconds of load that one variant takes, on both sides. */
export function loadSeconds({ connections, rounds, seconds }: Pick<ReadsPlan, 'connections' | 'rounds' | 'seconds'>): number {
  return 2 * (warmUp.seconds + connections.length * rounds * seconds)
}

/** One variant under one number of connections. */
export interface ReadsRow {
  readonly variant: string
  readonly framework: 'express' | 'hono'
  readonly connections: number
  /** Requests per second over those of the bare handler in the same round. */
  readonly ratio: Spread
  readonly perSecond: number
  readonly p50Us: number
  readonly p99Us: number
  readonly bareP99Us: number
  /** Processor time per request of the application, of the bare handler, and of the gateway where there is one; microseconds. */
  readonly cpuUs: number
  readonly bareCpuUs: number
  readonly gatewayCpuUs: number | null
}

type Application = Checked

interface Gateway {
  readonly origin: string
  readonly key: string
  readonly cookies: readonly string[]
}

/**
 * Measures one variant against the bare handler of its framework: both processes alive, the load alternating between
 * them, so that what else the machine does meets both alike. Sessions are made just before, so that no token of ours or a
 * peer's comes of age meanwhile.
 */
export async function measureVariant(variant: Variant, plan: ReadsPlan): Promise<readonly ReadsRow[]> {
  const stops: (() => Promise<void>)[] = []
  const folder = await mkdtemp(join(tmpdir(), 'benchmark-'))
  try {
    const started = async <Ready>(child: Promise<Child<Ready>>): Promise<Child<Ready>> => {
      const { process, ready } = await child
      stops.unshift(() => process.stop())
      return { process, ready }
    }
    plan.progress.begin(`${variant.name}, ${plan.framework}: ${plan.people} people sign in`)
    const gateway = variant.needs.gateway ? await started(startGateway(variant.needs.gateway, plan)) : null
    const bareApplication = await started(startApplication(variants[0], plan, null))
    const application = await started(startApplication(variant, plan, gateway))
    // The same requests to both: a longer cookie costs every framework time, whoever reads it.
    const cookiesFile = join(folder, 'cookies')
    await writeFile(cookiesFile, `${application.ready.cookies.join('\n')}\n`)
    const sides = { bare: sideOf(bareApplication, cookiesFile), variant: sideOf(application, cookiesFile) }
    return await measureConnections(variant, plan, application.ready, sides, gateway?.process.pid)
  } finally {
    for (const stop of stops) await stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Every cookie is shown once before the load, and some of them after each number of connections. */
async function measureConnections(
  { name }: Variant,
  plan: ReadsPlan,
  application: Application,
  sides: Sides,
  gatewayPid: number | undefined,
): Promise<readonly ReadsRow[]> {
  const expected: Expected = name === variants[0].name ? 'the same for all' : 'the person of the cookie'
  await checkAnswers(application, expected)
  plan.progress.end()
  plan.progress.begin(`${name}, ${plan.framework}: warm-up`)
  for (const side of [sides.bare, sides.variant]) await loadOnce(side, warmUp.connections, warmUp.seconds)
  plan.progress.end()
  const rows: ReadsRow[] = []
  for (const connections of plan.connections) {
    const figures = await measureRounds(sides, connections, plan, name, gatewayPid)
    rows.push({ variant: name, framework: plan.framework, ...figures })
    await checkAnswers(application, expected, plan.people / 50)
  }
  return rows
}

function startGateway(store: 'sqlite' | 'redis', { people, redisUrl, folder }: ReadsPlan): Promise<Child<Gateway>> {
  const address = store === 'redis' ? redisUrl : `sqlite:${join(folder, `${Date.now()}.db`)}`
  return startChild('gateway/gateway-process.ts', { store: address, count: people })
}

function startApplication(variant: Variant, plan: ReadsPlan, gateway: Child<Gateway> | null): Promise<Child<Application>> {
  const { framework, people, redisUrl } = plan
  const known = gateway && { origin: gateway.ready.origin, key: gateway.ready.key }
  const order = { variant: variant.name, framework, count: people, redisUrl, gateway: known, cookies: gateway?.ready.cookies ?? [] }
  return startChild('reads/application-process.ts', order)
}

interface Side {
  readonly port: number
  readonly pid: number
  readonly cookiesFile: string
}

interface Sides {
  readonly bare: Side
  readonly variant: Side
}

function sideOf({ process, ready }: Child<Application>, cookiesFile: string): Side {
  return { port: ready.port, pid: process.pid, cookiesFile }
}

async function measureRounds(
  sides: Sides,
  connections: number,
  { rounds, seconds, framework, progress }: ReadsPlan,
  name: string,
  gatewayPid: number | undefined,
): Promise<Omit<ReadsRow, 'variant' | 'framework'>> {
  const what = `${name}, ${framework}, ${connections} connection${connections === 1 ? '' : 's'}`
  const measured: { readonly bare: Loaded; readonly variant: Loaded }[] = []
  for (let round = 0; round < rounds; round += 1) {
    progress.begin(`${what}: round ${round + 1} of ${rounds}`)
    const bare = await loadOnce(sides.bare, connections, seconds)
    const variant = await loadOnce(sides.variant, connections, seconds, gatewayPid)
    measured.push({ bare, variant })
    progress.end()
  }
  const median = (figure: (round: (typeof measured)[number]) => number) => spreadOf(measured.map(figure)).median
  return {
    connections,
    ratio: spreadOf(measured.map(({ bare, variant }) => variant.perSecond / bare.perSecond)),
    perSecond: median(({ variant }) => variant.perSecond),
    p50Us: median(({ variant }) => variant.p50Us),
    p99Us: median(({ variant }) => variant.p99Us),
    bareP99Us: median(({ bare }) => bare.p99Us),
    cpuUs: median(({ variant }) => variant.cpuUs),
    bareCpuUs: median(({ bare }) => bare.cpuUs),
    gatewayCpuUs: gatewayPid === undefined ? null : median(({ variant }) => variant.gatewayCpuUs),
  }
}

type Loaded = Awaited<ReturnType<typeof loadOnce>>

async function loadOnce({ port, pid, cookiesFile }: Side, connections: number, seconds: number, gatewayPid?: number) {
  const before = { application: cpuUs(pid), gateway: gatewayPid === undefined ? 0 : cpuUs(gatewayPid) }
  const result = await load(port, cookiesFile, connections, seconds)
  const gatewayUs = gatewayPid === undefined ? 0 : cpuUs(gatewayPid) - before.gateway
  return { ...result, cpuUs: (cpuUs(pid) - before.application) / result.requests, gatewayCpuUs: gatewayUs / result.requests }
}
