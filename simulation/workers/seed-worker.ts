// Runs the seeds that its parent asks for; with one rule broken where a mutant is named.
import { breakRule } from '../mutants/break-rule.ts'
import { type MutantName, mutants } from '../mutants/mutants.ts'
import type { StoreKind } from '../run-seed.ts'
import { reportOf } from '../seed-report.ts'

/** What is asked of it. */
export interface AskedSeed {
  readonly seed: number
  readonly kind: StoreKind
}

const [, , name] = process.argv
const mutant = name === undefined ? null : mutants[name as MutantName]
const broken = mutant && breakRule(mutant)
const { runSeed } = await import('../run-seed.ts')
if (broken?.isBroken() === false) throw new Error(`${mutant?.file} is not part of what is simulated`)

process.on('message', ({ seed, kind }: AskedSeed) => void runSeed(seed, kind).then((run) => process.send?.(reportOf(run))))
