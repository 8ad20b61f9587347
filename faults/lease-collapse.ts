import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { ProxyFault } from '@single-state/testing'
import { checkHistory } from './history/check-history.ts'
import type { Violation } from './history/operation.ts'
import { startApplicationProcesses } from './load/applications.ts'
import { createCaller, patiently } from './load/call.ts'
import { readFinalSessions } from './load/final-sessions.ts'
import type { HumReport } from './load/hum.ts'
import { type Load, startLoad } from './load/load.ts'
import { createRecorder, type Recorder } from './load/recorder.ts'
import { signInPatiently } from './load/visitor.ts'
import { lateFault } from './nemeses/applications.ts'
import { type Site, startSite } from './site/site.ts'
import { type StoreName, storeSites } from './stores/open-store-site.ts'

/** How hard it is. */
export interface CollapseOptions {
  readonly seed: number
  /** Reads that each of the four applications is asked for, answered or not. */
  readonly readsPerSecond: number
  /** Milliseconds in which every heartbeat is late; as long before and after is measured. */
  readonly lateMs: number
  readonly onLine: (line: string) => void
}

/** One stretch of time. */
export interface Phase {
  readonly name: string
  readonly readsPerSecond: number
  /** Shares of all reads, by who answered; `unknown` where nobody did. */
  readonly shares: Readonly<Record<string, number>>
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU seconds of all gateways a second. */
  readonly gatewayCpu: number
}

export interface CollapseFigures {
  readonly phases: readonly Phase[]
  /** From the end of the delay until each application answered more than half of its reads by lease again. */
  readonly liveAgainMs: number
  readonly operations: number
  readonly violations: readonly Violation[]
}

/** Sessions that each application reads and nobody changes. */
const quietSessions = 20

/** Every heartbeat is late under full load: reads fall back to the gateways, which must go on answering; then they are local again. */
export async function runCollapse(name: StoreName, options: CollapseOptions): Promise<CollapseFigures> {
  const store = await storeSites[name].start()
  try {
    const site = await startSite(store)
    try {
      return await collapseOn(site, options)
    } finally {
      await site.stop()
    }
  } finally {
    await store.stop()
  }
}

async function collapseOn(site: Site, { seed, readsPerSecond, lateMs, onLine }: CollapseOptions): Promise<CollapseFigures> {
  const recorder = createRecorder()
  const applications = await startApplicationProcesses({ site, recorder, count: 4, freshness: 'live' })
  try {
    const load = await startLoad({ site, recorder, applications: applications.all, seed, workers: 4, sessions: 5 })
    const reports: HumReport[] = []
    for (const application of applications.all) {
      const visitors = await Promise.all(Array.from({ length: quietSessions }, () => signInPatiently(site.origin, 'ada')))
      application.hum(visitors, readsPerSecond, (report) => reports.push(report))
    }
    const measure = async (name: string): Promise<Phase> => {
      const phase = await measured({ name, site, reports, lastsMs: lateMs, nowMs: recorder.nowMs })
      onLine(JSON.stringify(phase))
      return phase
    }
    // Exchanges of many tokens at once and what is compiled on first use belong to no phase.
    await pause(3_000)
    const before = await measure('before')
    await setHeartbeats(site, lateFault)
    // The leases that are in force run out.
    await pause(1_000)
    const late = await measure('heartbeats late')
    await setHeartbeats(site, { kind: 'pass' })
    const liveAgainMs = await liveAgain(reports, applications.all.length, recorder.nowMs())
    const after = await measure('after')
    await load.stop()
    return {
      phases: [before, late, after],
      liveAgainMs,
      operations: recorder.history.length,
      violations: await judged(site, recorder, load),
    }
  } finally {
    await applications.stop()
  }
}

async function setHeartbeats({ heartbeatWays }: Site, fault: ProxyFault): Promise<void> {
  await Promise.all(heartbeatWays.map((way) => way.set(fault)))
}

async function judged({ origin, keys }: Site, { history }: Recorder, { everybody }: Load): Promise<readonly Violation[]> {
  const operator = patiently(createCaller(origin, keys.operator))
  const final = await readFinalSessions(
    operator,
    everybody.map(({ session }) => session),
  )
  return checkHistory(history, final)
}

interface Measuring {
  readonly name: string
  readonly site: Site
  /** Those that come meanwhile are measured. */
  readonly reports: readonly HumReport[]
  readonly lastsMs: number
  readonly nowMs: () => number
}

async function measured({ name, site, reports, lastsMs, nowMs }: Measuring): Promise<Phase> {
  const [sinceMs, cpuBefore] = [nowMs(), await cpuOf(site)]
  await pause(lastsMs)
  const tookMs = nowMs() - sinceMs
  const gatewayCpu = ((await cpuOf(site)) - cpuBefore) / (tookMs / 1_000)
  const within = reports.filter(({ atMs }) => atMs > sinceMs)
  return phaseOf(name, within, tookMs, gatewayCpu)
}

/** 20 s: long enough to tell a collapse that lasts. */
const patienceMs = 20_000

async function liveAgain(reports: readonly HumReport[], applications: number, sinceMs: number): Promise<number> {
  for (const deadlineMs = performance.now() + patienceMs; performance.now() < deadlineMs; await pause(20)) {
    const live = reports.filter(({ atMs, answers }) => atMs > sinceMs && (answers['lease'] ?? 0) * 2 > totalOf(answers))
    const first = Map.groupBy(live, ({ process }) => process)
    if (first.size === applications) return Math.round(Math.max(...[...first.values()].map(([each]) => (each?.atMs ?? 0) - sinceMs)))
  }
  return Number.POSITIVE_INFINITY
}

function phaseOf(name: string, reports: readonly HumReport[], tookMs: number, gatewayCpu: number): Phase {
  const tooks = reports.flatMap((report) => report.tookMs).sort((a, b) => a - b)
  const answers: Record<string, number> = {}
  for (const report of reports) {
    for (const [source, count] of Object.entries(report.answers)) answers[source] = (answers[source] ?? 0) + count
  }
  const at = (share: number) => rounded(tooks[Math.floor(tooks.length * share)] ?? 0)
  const shares = Object.entries(answers).map(([source, count]) => [source, rounded(count / totalOf(answers), 4)])
  return {
    name,
    readsPerSecond: Math.round(totalOf(answers) / (tookMs / 1_000)),
    shares: Object.fromEntries(shares),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    gatewayCpu: rounded(gatewayCpu),
  }
}

function totalOf(answers: Readonly<Record<string, number>>): number {
  return Object.values(answers).reduce((sum, count) => sum + count, 0)
}

function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}

/** Linux counts 100 ticks a second. */
const ticksPerSecond = 100

/** CPU seconds that the gateways have used so far, as Linux tells them; elsewhere 0. */
async function cpuOf({ gateways }: Site): Promise<number> {
  const ticks = gateways.map(async (gateway) => {
    const text = await readFile(`/proc/${gateway.pid()}/stat`, 'utf8').catch(() => '')
    // After the name, which is in brackets: utime and stime are the 12th and 13th field.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
  })
  return (await Promise.all(ticks)).reduce((sum, each) => sum + each, 0) / ticksPerSecond
}
