import { type Bench, type BenchOptions, withBench } from './bench.ts'
import type { AdapterFixture } from './fixture.ts'

/** The two functions of a test runner that the contract needs; those of vitest, `node:test`, Jest and Mocha fit. */
export interface TestRunner {
  readonly describe: (title: string, body: () => void) => unknown
  readonly it: ((title: string, body: () => Promise<void>) => unknown) & {
    /** Reports a test that is not run, by its title. */
    readonly skip: (title: string, body: () => Promise<void>) => unknown
  }
}

/** One group of the contract: each behaviour is a sentence and a test over a bench of its own. */
export type Group = (holds: (behaviour: string, test: (bench: Bench) => Promise<void>, options?: BenchOptions) => void) => void

/** Hands a group to the runner; what does not apply to the fixture is reported as skipped, with the reason. */
export function runGroup({ describe, it }: TestRunner, fixture: AdapterFixture, title: string, group: Group): void {
  const { notApplicable = {} } = fixture
  describe(title, () =>
    group((behaviour, test, options) => {
      const reason = notApplicable[behaviour] ?? notApplicable[title]
      if (reason === undefined) it(behaviour, () => withBench(fixture, test, options))
      else it.skip(`${behaviour} (does not apply: ${reason})`, async () => undefined)
    }),
  )
}

/**
 * Says which names of what does not apply are none: a behaviour that was renamed must not stay away unnoticed.
 *
 * @throws TypeError that lists them.
 */
export function checkNotApplicable({ name, notApplicable = {} }: AdapterFixture, groups: Readonly<Record<string, Group>>): void {
  const known = new Set(Object.keys(groups))
  for (const group of Object.values(groups)) group((behaviour) => known.add(behaviour))
  const unknown = Object.keys(notApplicable).filter((key) => !known.has(key))
  if (unknown.length > 0) throw new TypeError(`notApplicable of ${name}: expected behaviours or groups, found '${unknown.join("', '")}'`)
}
