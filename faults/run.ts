import { setTimeout as pause } from 'node:timers/promises'
import { checkHistory } from './history/check-history.ts'
import type { FinalSession, Operation, Violation } from './history/operation.ts'
import { createCaller } from './load/call.ts'
import { readFinalSessions } from './load/final-sessions.ts'
import { startLoad } from './load/load.ts'
import { between, createRandom, type Random } from './load/random.ts'
import { createRecorder, type Recorder } from './load/recorder.ts'
import { gatewayNemeses } from './nemeses/gateways.ts'
import type { Nemesis } from './nemeses/nemesis.ts'
import { type Site, startSite } from './site/site.ts'
import { type StoreName, storeSites } from './stores/open-store-site.ts'
import type { StoreSite } from './stores/store-site.ts'

/** How much is to happen. */
export interface FaultRunOptions {
  /** Milliseconds in which faults are inflicted. */
  readonly durationMs: number
  /** Decides what is asked and what goes wrong; not how fast the machine is. */
  readonly seed: number
  /** Default 4. */
  readonly workers?: number
  /** Ends the faults before their time: what was seen until then is judged. */
  readonly signal?: AbortSignal
  /** Takes a line now and then. */
  readonly onLine?: (line: string) => void
}

/** What was seen. */
export interface FaultRunFigures {
  /** By kind and outcome, such as `read active`. */
  readonly operations: Readonly<Record<string, number>>
  readonly sessions: number
  readonly signInsFailed: number
  readonly exchanges: number
  readonly faults: Readonly<Record<string, number>>
  readonly violations: readonly Violation[]
  readonly falseSignOuts: number
  /** From the end of each fault that had taken the store from every gateway to the end of the next read that succeeded. */
  readonly firstGoodRead: { readonly count: number; readonly medianMs: number; readonly mostMs: number; readonly slowestAfter: string }
  /** What no rule foresees, and how often. */
  readonly surprises: Readonly<Record<string, number>>
}

/** Sessions that are worked on at once: few, so that writers meet. */
const livingSessions = 5

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
export async function runFaultsOn(
  site: Site,
  store: StoreSite,
  { durationMs, seed, workers = 4, signal, onLine = () => undefined }: FaultRunOptions,
): Promise<FaultRunFigures> {
  const recorder = createRecorder()
  const load = await startLoad({ site, recorder, seed, workers, sessions: livingSessions })
  const nemeses = [...store.nemeses, ...gatewayNemeses(site.gateways)]
  const endMs = recorder.nowMs() + durationMs
  const isOver = () => recorder.nowMs() >= endMs || signal?.aborted === true
  const inflicted = await inflictUntil(isOver, nemeses, createRandom(seed + 1), recorder, onLine)
  await inPeace(recorder)
  await load.stop()
  const operator = createCaller(site.origin, site.keys.operator)
  const final = await readFinalSessions(
    operator,
    load.everybody.map(({ session }) => session),
  )
  return figuresOf(recorder, inflicted, final, load.figures)
}

/** 15 s: much longer than a good read may take once everything is back. */
const patienceMs = 15_000

/** Goes on until reads succeed again after the last fault, and a little longer, so that what was unsure is told. */
async function inPeace({ history, nowMs }: Recorder): Promise<void> {
  const sinceMs = nowMs()
  const isGood = (operation: Operation) => operation.startMs > sinceMs && nameOf(operation) === 'read active'
  while (!history.some(isGood) && nowMs() < sinceMs + patienceMs) await pause(50)
  await pause(500)
}

interface Inflicted {
  readonly kind: string
  readonly takesStore: boolean
  readonly healedMs: number
}

async function inflictUntil(
  isOver: () => boolean,
  nemeses: readonly Nemesis[],
  random: Random,
  recorder: Recorder,
  onLine: (line: string) => void,
): Promise<readonly Inflicted[]> {
  const inflicted: Inflicted[] = []
  // Each once, in a drawn order, then again: a short run meets as many kinds as it can.
  let order: Nemesis[] = []
  while (!isOver()) {
    if (order.length === 0) order = shuffled(nemeses, random)
    const nemesis = order.pop() as Nemesis
    await pause(between(random, 200, 900))
    const startMs = recorder.nowMs()
    const heal = await nemesis.inflict(random)
    await pause(between(random, Math.min(300, nemesis.mostMs), nemesis.mostMs))
    await heal()
    const healedMs = recorder.nowMs()
    inflicted.push({ kind: nemesis.kind, takesStore: nemesis.takesStore, healedMs })
    onLine(`${inflicted.length} ${nemesis.kind}, ${Math.round(healedMs - startMs)} ms; ${recorder.history.length} operations so far`)
  }
  return inflicted
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
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

function firstGoodReads(history: readonly Operation[], inflicted: readonly Inflicted[]): FaultRunFigures['firstGoodRead'] {
  const good = history.filter((operation) => operation.kind === 'read' && operation.found.status === 'active')
  const endsMs = good.map(({ endMs }) => endMs).sort((a, b) => a - b)
  const waits = inflicted
    .filter(({ takesStore }) => takesStore)
    .map(({ kind, healedMs }) => ({ kind, ms: (endsMs.find((endMs) => endMs > healedMs) ?? Number.POSITIVE_INFINITY) - healedMs }))
    .sort((a, b) => a.ms - b.ms)
  const slowest = waits.at(-1)
  const median = waits[Math.floor(waits.length / 2)]
  return {
    count: waits.length,
    medianMs: Math.round(median?.ms ?? 0),
    mostMs: Math.round(slowest?.ms ?? 0),
    slowestAfter: slowest?.kind ?? 'none',
  }
}
