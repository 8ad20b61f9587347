import type { SeedRun, StoreKind } from './run-seed.ts'

/** What a series of seeds came to. */
export interface Figures {
  readonly seeds: number
  readonly operations: number
  /** Reads that were answered with a session. */
  readonly reads: number
  /** Of these, answered without asking anybody. */
  readonly local: number
  /** Changes that were acknowledged as settled. */
  readonly acknowledged: number
  /** Seeds in which a rule did not hold. */
  readonly failed: readonly number[]
}

export interface SimulateOptions {
  readonly run: (seed: number, kind: StoreKind) => Promise<SeedRun>
  readonly from: number
  readonly seeds: number
  /** On one kind of store; by turns on each where none is named. */
  readonly store?: StoreKind | undefined
  /** Ends early once this says so. */
  readonly isOver?: (figures: Figures) => boolean
  readonly onSeed?: (run: SeedRun, figures: Figures) => void
}

/** Runs one seed after the other. */
export async function simulate({ run, from, seeds, store, isOver, onSeed }: SimulateOptions): Promise<Figures> {
  let figures: Figures = { seeds: 0, operations: 0, reads: 0, local: 0, acknowledged: 0, failed: [] }
  for (let seed = from; seed < from + seeds && !isOver?.(figures); seed += 1) {
    const result = await run(seed, store ?? kindOf(seed))
    figures = added(figures, result)
    onSeed?.(result, figures)
  }
  return figures
}

/** The kind of store that a seed stands on where none is named. */
export function kindOf(seed: number): StoreKind {
  return seed % 2 === 0 ? 'pair' : 'single'
}

/** What is to be said of a seed in which a rule did not hold, and how it is run again; nothing where all held. */
export function failureText({ seed, kind, violations, unordered }: SeedRun): string[] {
  const lines = violations.flatMap(({ rule, what, session, operations }) => [
    `${rule}: ${what} (session ${session})`,
    ...operations.map((operation) => `  ${JSON.stringify(operation)}`),
  ])
  const orderless = unordered.map((session) => `no order explains the strict operations on session ${session}`)
  if (lines.length + orderless.length === 0) return []
  return [`seed ${seed}: npm run simulate -- --store ${kind} --from ${seed} --seeds 1`, ...orderless, ...lines.slice(0, 12)]
}

function added(figures: Figures, { seed, history, violations, unordered }: SeedRun): Figures {
  const reads = history.filter((operation) => operation.kind === 'read' && operation.found.status === 'active')
  const acknowledged = history.filter((operation) => operation.kind !== 'read' && operation.outcome.status === 'ok')
  return {
    seeds: figures.seeds + 1,
    operations: figures.operations + history.length,
    reads: figures.reads + reads.length,
    local: figures.local + reads.filter(({ startMs, endMs }) => startMs === endMs).length,
    acknowledged: figures.acknowledged + acknowledged.length,
    failed: violations.length + unordered.length > 0 ? [...figures.failed, seed] : figures.failed,
  }
}
