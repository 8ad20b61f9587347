import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type MutantName, mutants } from './mutants.ts'

const program = fileURLToPath(new URL('../main.ts', import.meta.url))

interface Caught {
  readonly name: MutantName
  readonly caught: boolean
  /** How many seeds it took, or were tried. */
  readonly seeds: number
}

/** Runs every mutant in a process of its own until it is caught. */
export async function catchAll({
  from,
  seeds,
  onLine,
}: {
  readonly from: number
  readonly seeds: number
  readonly onLine: (line: string) => void
}): Promise<Caught[]> {
  const table: Caught[] = []
  for (const name of Object.keys(mutants) as MutantName[]) {
    const result = await catchOne(name, from, seeds)
    table.push(result)
    onLine(
      `${name.padEnd(24)} ${result.caught ? 'caught after' : 'NOT CAUGHT in'} ${String(result.seeds).padStart(4)} seeds  ${mutants[name].what}`,
    )
  }
  return table
}

/**
 * Runs one mutant.
 *
 * @throws Error with what the process said, when it said nothing of seeds: a line of the mutant is no longer there.
 */
export async function catchOne(name: MutantName, from: number, seeds: number): Promise<Caught> {
  const given = ['--mutant', name, '--from', String(from), '--seeds', String(seeds)]
  const child = spawn(process.execPath, [program, ...given], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const status = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject))
  const [, tried] = /after (\d+) seeds/.exec(said) ?? []
  if (tried === undefined) throw new Error(`${name}: ${said}`)
  return { name, caught: status === 0, seeds: Number(tried) }
}
