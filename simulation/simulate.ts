import type { StoreKind } from './run-seed.ts'
import type { SeedReport } from './seed-report.ts'

/** What a series of seeds came to. */
export interface Figures extends Pick<SeedReport, 'operations' | 'reads' | 'local' | 'acknowledged'> {
  readonly seeds: number
  /** Seeds in which a rule did not hold. */
  readonly failed: readonly number[]
}

export interface SimulateOptions {
  readonly run: (seed: number, kind: StoreKind) => Promise<SeedReport>
  readonly from: number
  readonly seeds: number
  /** How many seeds are under way at once. Default 1. */
  readonly atOnce?: number
  /** On one kind of store; by turns on each where none is named. */
  readonly store?: StoreKind | undefined
  /** Ends early once this says so. */
  readonly isOver?: (figures: Figures) => boolean
  readonly onSeed?: (report: SeedReport, figures: Figures) => void
}

/** Runs seeds, in order of their numbers; with several under way they may end in another. */
export async function simulate({ run, from, seeds, atOnce = 1, store, isOver, onSeed }: SimulateOptions): Promise<Figures> {
  let figures: Figures = { seeds: 0, operations: 0, reads: 0, local: 0, acknowledged: 0, failed: [] }
  let next = from

  async function runOneByOne(): Promise<void> {
    while (next < from + seeds && !isOver?.(figures)) {
      const seed = next
      next += 1
      const report = await run(seed, store ?? kindOf(seed))
      figures = added(figures, report)
      onSeed?.(report, figures)
    }
  }

  await Promise.all(Array.from({ length: atOnce }, runOneByOne))
  return figures
}

/** The kind of store that a seed stands on where none is named. */
export function kindOf(seed: number): StoreKind {
  return seed % 2 === 0 ? 'pair' : 'single'
}

function added(figures: Figures, { seed, operations, reads, local, acknowledged, failure }: SeedReport): Figures {
  return {
    seeds: figures.seeds + 1,
    operations: figures.operations + operations,
    reads: figures.reads + reads,
    local: figures.local + local,
    acknowledged: figures.acknowledged + acknowledged,
    failed: failure.length > 0 ? [...figures.failed, seed] : figures.failed,
  }
}
