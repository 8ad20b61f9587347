import { setTimeout as pause } from 'node:timers/promises'
import { checkHistory } from './history/check-history.ts'
import { type FirstGoodReads, firstGoodReads, isGoodRead } from './history/first-good-read.ts'
import type { FinalSession, Operation, Violation } from './history/operation.ts'
import { type Applications, type ApplicationsOptions, createApplicationsHere, startApplicationProcesses } from './load/applications.ts'
import { createCaller, patiently } from './load/call.ts'
import { readFinalSessions } from './load/final-sessions.ts'
import { startLoad } from './load/load.ts'
import { createRandom } from './load/random.ts'
import { createRecorder, type Recorder } from './load/recorder.ts'
import { lateHeartbeats } from './nemeses/applications.ts'
import { gatewayNemeses } from './nemeses/gateways.ts'
import { type Inflicted, inflictUntilOver } from './nemeses/inflict.ts'
import { type Site, startSite } from './site/site.ts'
import { type StoreName, storeSites } from './stores/open-store-site.ts'
import type { StoreSite } from './stores/store-site.ts'

/** How much is to happen. */
export interface FaultRunOptions {
  /** Milliseconds in which faults are inflicted. */
  readonly durationMs: number
  /** Decides what is asked and what goes wrong; not how fast the machine is. */
  readonly seed: number
  /** Applications in processes of their own, which can be stopped too, or (default) in this one. */
  readonly processes?: boolean
  /** How fresh the four applications read. Default live; mixed is every other one strict. */
  readonly freshness?: ApplicationsOptions['freshness']
  /** Only faults whose kind contains this. Default all. */
  readonly only?: string
  /** Ends the faults before their time: what was seen until then is judged. */
  readonly signal?: AbortSignal
  /** Takes a line now and then. */
  readonly onLine?: (line: string) => void
}

/** What was seen. */
export interface FaultRunFigures {
  /** By kind and outcome, such as `read active`. */
  readonly operations: Readonly<Record<string, number>>
  /** Active reads by who answered: a lease or the gateway. */
  readonly readsBySource: Readonly<Record<string, number>>
  readonly sessions: number
  readonly signInsFailed: number
  readonly exchanges: number
  readonly faults: Readonly<Record<string, number>>
  readonly violations: readonly Violation[]
  readonly falseSignOuts: number
  /** After faults that had taken the store from every gateway. */
  readonly firstGoodRead: FirstGoodReads
  /** What no rule foresees, and how often. */
  readonly surprises: Readonly<Record<string, number>>
}

/** Sessions that are worked on at once: few, so that writers meet. */
const livingSessions = 5

/** Two for each application. */
const workers = 8

/** Starts everything on one store, runs faults and stops it all again. */
export async function runFaults(name: StoreName, options: FaultRunOptions): Promise<FaultRunFigures> {
  const store = await storeSites[name].start()
  try {
    const site = await startSite(store)
    try {
      options.onLine?.(`${site.gateways.length} gateways on ${name}, seed ${options.seed}`)
      return await runFaultsOn(site, store, options)
    } finally {
      await site.stop()
    }
  } finally {
    await store.stop()
  }
}

/** Lets everything go wrong for a while under load, puts it right and judges what was seen. */
export async function runFaultsOn(site: Site, store: StoreSite, options: FaultRunOptions): Promise<FaultRunFigures> {
  const { processes = false, freshness = 'live' } = options
  const recorder = createRecorder()
  const start = processes ? startApplicationProcesses : createApplicationsHere
  const applications = await start({ site, recorder, count: 4, freshness })
  try {
    return await runFaultsWith(applications, recorder, site, store, options)
  } finally {
    await applications.stop()
  }
}

async function runFaultsWith(
  applications: Applications,
  recorder: Recorder,
  site: Site,
  store: StoreSite,
  { durationMs, seed, only = '', signal, onLine = () => undefined }: FaultRunOptions,
): Promise<FaultRunFigures> {
  const { history, nowMs } = recorder
  const possible = [...applications.nemeses, lateHeartbeats(site.heartbeatWays), ...store.nemeses, ...gatewayNemeses(site.gateways)]
  const nemeses = possible.filter(({ kind }) => kind.includes(only))
  if (nemeses.length === 0) throw new TypeError(`only: no fault of this store is called "${only}"`)
  const load = await startLoad({ site, recorder, applications: applications.all, seed, workers, sessions: livingSessions })
  const endMs = nowMs() + durationMs
  const isOver = () => nowMs() >= endMs || signal?.aborted === true
  const goodReadAfter = (sinceMs: number) => firstGoodRead(recorder, sinceMs)
  const onFault = (line: string) => onLine(`${line}; ${history.length} operations so far`)
  const victim = { nowMs, isOver, isBack: store.isBack, goodReadAfter, onFault }
  const inflicted = await inflictUntilOver(victim, nemeses, createRandom(seed + 1)).finally(async () => {
    await goodReadAfter(nowMs())
    // What was unsure is told.
    await pause(500)
    await load.stop()
  })
  const operator = patiently(createCaller(site.origin, site.keys.operator))
  const final = await readFinalSessions(
    operator,
    load.everybody.map(({ session }) => session),
  )
  return figuresOf(recorder, inflicted, final, load.figures)
}

/** 15 s: much longer than a good read may take once everything is back. */
const patienceMs = 15_000

/** Resolves when it is there, or was long enough in coming. */
async function firstGoodRead({ history, nowMs }: Recorder, sinceMs: number): Promise<void> {
  const isThere = () => (history.findLast(isGoodRead)?.endMs ?? 0) > sinceMs
  while (!isThere() && nowMs() < sinceMs + patienceMs) await pause(20)
}

function figuresOf(
  { history, surprises }: Recorder,
  inflicted: readonly Inflicted[],
  final: readonly FinalSession[],
  { signInsFailed, exchanges }: { readonly signInsFailed: number; readonly exchanges: number },
): FaultRunFigures {
  const violations = checkHistory(history, final)
  return {
    operations: countOf(history.map(nameOf)),
    readsBySource: countOf(
      history.flatMap((each) => (each.kind === 'read' && each.found.status === 'active' ? [each.found.source ?? 'gateway'] : [])),
    ),
    sessions: final.length,
    signInsFailed,
    exchanges,
    faults: countOf(inflicted.map(({ kind }) => kind)),
    violations,
    falseSignOuts: violations.filter(({ rule }) => rule === 'false-sign-out').length,
    firstGoodRead: firstGoodReads(history, inflicted),
    surprises: Object.fromEntries(surprises),
  }
}

function nameOf(operation: Operation): string {
  return `${operation.kind} ${operation.kind === 'read' ? operation.found.status : operation.outcome.status}`
}

function countOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
