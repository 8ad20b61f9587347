// The lease protocol in virtual time, seed after seed:
// npm run simulate -- [--seeds 100] [--from 1] [--minutes 10] [--store single|pair] [--workers 2] [--mutant name] [--mutants]
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { catchAll, catchOne, rowOf } from './mutants/catch-all.ts'
import { type MutantName, mutants } from './mutants/mutants.ts'
import type { StoreKind } from './run-seed.ts'
import { type Figures, simulate } from './simulate.ts'
import { startSeedWorkers } from './workers/seed-workers.ts'

const { values } = parseArgs({
  options: {
    ...{ seeds: { type: 'string' }, from: { type: 'string' }, minutes: { type: 'string' }, store: { type: 'string' } },
    ...{ workers: { type: 'string' }, mutant: { type: 'string' }, mutants: { type: 'boolean' } },
  },
})
const from = Number(values.from ?? 1)
const minutes = Number(values.minutes ?? Number.POSITIVE_INFINITY)
const seeds = Number(values.seeds ?? (Number.isFinite(minutes) ? Number.MAX_SAFE_INTEGER - from : 100))
const workers = Number(values.workers ?? availableParallelism())
const { store, mutant } = values
const isStore = (name: string): name is StoreKind => ['single', 'pair'].includes(name)
const isMutant = (name: string): name is MutantName => Object.hasOwn(mutants, name)
const print = (line: string) => void process.stdout.write(`${line}\n`)

if (![from, seeds, workers].every(Number.isSafeInteger) || !(minutes > 0)) {
  refuse('expected whole numbers for --from, --seeds and --workers')
} else if (workers < 1 || workers > 64) refuse('expected 1 to 64 --workers')
else if (store !== undefined && !isStore(store)) refuse('expected --store single or pair')
else if (mutant !== undefined && !isMutant(mutant)) refuse(`expected one of these for --mutant: ${Object.keys(mutants).join(', ')}`)
else if (values.mutants === true) await runAllMutants()
else if (mutant !== undefined) await runMutant(mutant)
else await runSeeds(store)

async function runSeeds(named: StoreKind | undefined): Promise<void> {
  const count = Math.min(workers, seeds)
  const running = startSeedWorkers(count)
  const beganAtMs = performance.now()
  let saidAtMs = beganAtMs
  try {
    const figures = await simulate({
      ...{ run: running.run, from, seeds, atOnce: count, store: named },
      isOver: () => performance.now() > beganAtMs + minutes * 60_000,
      onSeed({ failure }, soFar) {
        failure.forEach(print)
        if (performance.now() - saidAtMs < 5_000) return
        saidAtMs = performance.now()
        print(figuresText(soFar, saidAtMs - beganAtMs))
      },
    })
    print(figuresText(figures, performance.now() - beganAtMs))
    process.exitCode = figures.failed.length > 0 ? 1 : 0
  } finally {
    running.close()
  }
}

/** A mutant is run until it is caught; one that is not caught has failed. */
async function runMutant(name: MutantName): Promise<void> {
  const caught = await catchOne(name, from, seeds)
  print(rowOf(caught))
  process.exitCode = caught.seed === null ? 1 : 0
}

async function runAllMutants(): Promise<void> {
  const table = await catchAll({ from, seeds, workers, onLine: print })
  const escaped = table.filter(({ seed }) => seed === null)
  print(`${table.length - escaped.length} of ${table.length} mutants caught, in ${seeds} seeds each at most`)
  process.exitCode = escaped.length > 0 ? 1 : 0
}

function figuresText({ seeds: ran, operations, reads, local, acknowledged, failed }: Figures, ms: number): string {
  const counts = `${operations} operations, ${reads} reads (${local} local), ${acknowledged} changes acknowledged`
  return `${ran} seeds in ${Math.round(ms / 1_000)} s: ${counts}; ${failed.length} seeds failed`
}

function refuse(message: string): void {
  process.stderr.write(`${message}\n`)
  process.exitCode = 2
}
