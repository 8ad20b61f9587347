import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpuUs } from '../measure/cpu.ts'
import { type Child, startChild } from '../measure/orders.ts'
import { type Spread, spreadOf } from '../measure/statistics.ts'
import { load } from '../measure/wrk.ts'
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
}

/** One variant under one number of connections. */
export interface ReadsRow {
  readonly variant: string
  readonly framework: 'express' | 'hono'
  readonly connections: number
  /** Requests per second over those of the bare handler in the same round. */
  readonly ratio: Spread
  readonly p50Us: number
  readonly p99Us: number
  readonly bareP99Us: number
  /** Processor time per request of the application, of the bare handler, and of the gateway where there is one; microseconds. */
  readonly cpuUs: number
  readonly bareCpuUs: number
  readonly gatewayCpuUs: number | null
}

interface Application {
  readonly port: number
  readonly cookies: readonly string[]
}

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
    const gateway = variant.needs.gateway ? await started(startGateway(variant.needs.gateway, plan)) : null
    const bareApplication = await started(startApplication(variants[0], plan, null))
    const application = await started(startApplication(variant, plan, gateway))
    const sides = {
      bare: await sideOf(bareApplication, join(folder, 'bare')),
      variant: await sideOf(application, join(folder, 'variant')),
    }
    const rows: ReadsRow[] = []
    for (const connections of plan.connections) {
      rows.push({
        variant: variant.name,
        framework: plan.framework,
        ...(await measureRounds(sides, connections, plan, gateway?.process.pid)),
      })
    }
    return rows
  } finally {
    for (const stop of stops) await stop()
    await rm(folder, { recursive: true, force: true })
  }
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

async function sideOf({ process, ready }: Child<Application>, cookiesFile: string): Promise<Side> {
  await writeFile(cookiesFile, `${ready.cookies.join('\n')}\n`)
  return { port: ready.port, pid: process.pid, cookiesFile }
}

async function measureRounds(
  sides: { readonly bare: Side; readonly variant: Side },
  connections: number,
  { rounds, seconds }: ReadsPlan,
  gatewayPid: number | undefined,
): Promise<Omit<ReadsRow, 'variant' | 'framework'>> {
  // One round that is not counted: caches fill and the compiler warms up, on both sides.
  for (const side of [sides.bare, sides.variant]) await loadOnce(side, connections, Math.min(2, seconds))
  const measured: { readonly bare: Loaded; readonly variant: Loaded }[] = []
  for (let round = 0; round < rounds; round += 1) {
    const bare = await loadOnce(sides.bare, connections, seconds)
    const variant = await loadOnce(sides.variant, connections, seconds, gatewayPid)
    measured.push({ bare, variant })
  }
  const median = (figure: (round: (typeof measured)[number]) => number) => spreadOf(measured.map(figure)).median
  return {
    connections,
    ratio: spreadOf(measured.map(({ bare, variant }) => variant.perSecond / bare.perSecond)),
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
