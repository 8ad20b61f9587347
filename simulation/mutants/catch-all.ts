import { kindOf, simulate } from '../simulate.ts'
import { startSeedWorkers } from '../workers/seed-workers.ts'
import { type Mutant, type MutantName, mutants } from './mutants.ts'

/** What became of a mutant. */
export interface Caught {
  readonly name: MutantName
  /** How many seeds were tried. */
  readonly seeds: number
  /** The seed that caught it; null where none did. */
  readonly seed: number | null
  /** What the checker said. */
  readonly said: string
}

interface CatchAllOptions {
  readonly from: number
  /** Most seeds for each mutant. */
  readonly seeds: number
  /** How many mutants are tried at once. */
  readonly workers: number
  readonly onLine: (line: string) => void
}

/** Tries every mutant until it is caught, and says of each which seed did. */
export async function catchAll({ from, seeds, workers, onLine }: CatchAllOptions): Promise<Caught[]> {
  const table: Caught[] = []
  const left = Object.keys(mutants) as MutantName[]

  async function catchOneByOne(): Promise<void> {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const caught = await catchOne(name, from, seeds)
      table.push(caught)
      onLine(rowOf(caught))
    }
  }

  onLine(columns('mutant', 'seeds', 'caught by', 'what the checker said'))
  await Promise.all(Array.from({ length: workers }, catchOneByOne))
  return table
}

/**
 * Tries one mutant.
 *
 * @throws Error when a line of the mutant is no longer there.
 */
export async function catchOne(name: MutantName, from: number, seeds: number): Promise<Caught> {
  const { store }: Mutant = mutants[name]
  const worker = startSeedWorkers(1, name)
  let said = ''
  try {
    const figures = await simulate({
      ...{ run: worker.run, from, seeds, store, isOver: ({ failed }) => failed.length > 0 },
      onSeed({ failure }) {
        said = failure[1] ?? ''
      },
    })
    return { name, seeds: figures.seeds, seed: figures.failed[0] ?? null, said }
  } finally {
    worker.close()
  }
}

/** One line of the table. */
export function rowOf({ name, seeds, seed, said }: Caught): string {
  if (seed === null) return columns(name, String(seeds), 'NO SEED', mutants[name].what)
  const { store }: Mutant = mutants[name]
  return columns(name, String(seeds), `seed ${seed} (${store ?? kindOf(seed)})`, said)
}

function columns(mutant: string, seeds: string, by: string, said: string): string {
  return `${mutant.padEnd(26)} ${seeds.padStart(5)}  ${by.padEnd(18)} ${said}`
}
