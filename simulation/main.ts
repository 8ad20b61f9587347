// The lease protocol in virtual time, seed after seed:
// npm run simulate -- [--seeds 100] [--from 1] [--minutes 10] [--store single|pair] [--mutant name] [--mutants]
import { parseArgs } from 'node:util'
import { breakRule } from './mutants/break-rule.ts'
import { catchAll } from './mutants/catch-all.ts'
import { type MutantName, mutants } from './mutants/mutants.ts'
import type { StoreKind } from './run-seed.ts'
import { type Figures, failureText, simulate } from './simulate.ts'

const { values } = parseArgs({
  options: {
    ...{ seeds: { type: 'string' }, from: { type: 'string' }, minutes: { type: 'string' }, store: { type: 'string' } },
    ...{ mutant: { type: 'string' }, mutants: { type: 'boolean' } },
  },
})
const from = Number(values.from ?? 1)
const minutes = Number(values.minutes ?? Number.POSITIVE_INFINITY)
const seeds = Number(values.seeds ?? (Number.isFinite(minutes) ? Number.MAX_SAFE_INTEGER - from : 100))
const { store, mutant } = values
const isStore = (name: string): name is StoreKind => ['single', 'pair'].includes(name)
const isMutant = (name: string): name is MutantName => Object.hasOwn(mutants, name)
const print = (line: string) => void process.stdout.write(`${line}\n`)

if (!Number.isSafeInteger(from) || !Number.isSafeInteger(seeds) || !(minutes > 0)) refuse('expected whole numbers for --from and --seeds')
else if (store !== undefined && !isStore(store)) refuse('expected --store single or pair')
else if (mutant !== undefined && !isMutant(mutant)) refuse(`expected one of these for --mutant: ${Object.keys(mutants).join(', ')}`)
else if (values.mutants === true) await runAllMutants()
else if (mutant !== undefined) await runMutant(mutant, store)
else await runSeeds(store)

async function runSeeds(named: StoreKind | undefined): Promise<void> {
  const { runSeed } = await import('./run-seed.ts')
  const endsAtMs = performance.now() + minutes * 60_000
  let saidAtMs = performance.now()
  const figures = await simulate({
    ...{ run: runSeed, from, seeds, store: named },
    isOver: () => performance.now() > endsAtMs,
    onSeed(run, soFar) {
      for (const line of failureText(run)) print(line)
      if (performance.now() - saidAtMs < 5_000) return
      saidAtMs = performance.now()
      print(figuresText(soFar))
    },
  })
  print(figuresText(figures))
  process.exitCode = figures.failed.length > 0 ? 1 : 0
}

/** A mutant is run until it is caught; one that is not caught has failed. */
async function runMutant(name: MutantName, named: StoreKind | undefined): Promise<void> {
  const broken = breakRule(mutants[name])
  const { runSeed } = await import('./run-seed.ts')
  if (!broken.isBroken()) throw new Error(`${mutants[name].file} is not part of what is simulated`)
  const figures = await simulate({
    ...{ run: runSeed, from, seeds, store: named ?? mutants[name].store },
    isOver: ({ failed }) => failed.length > 0,
    onSeed: (run) => failureText(run).slice(0, 2).forEach(print),
  })
  const caught = figures.failed.length > 0
  print(`${name}: ${caught ? 'caught' : 'not caught'} after ${figures.seeds} seeds (${mutants[name].what})`)
  process.exitCode = caught ? 0 : 1
}

async function runAllMutants(): Promise<void> {
  const table = await catchAll({ from, seeds, onLine: print })
  process.exitCode = table.every(({ caught }) => caught) ? 0 : 1
}

function figuresText({ seeds: ran, operations, reads, local, acknowledged, failed }: Figures): string {
  return `${ran} seeds: ${operations} operations, ${reads} reads (${local} local), ${acknowledged} changes acknowledged; ${failed.length} seeds failed`
}

function refuse(message: string): void {
  process.stderr.write(`${message}\n`)
  process.exitCode = 2
}
