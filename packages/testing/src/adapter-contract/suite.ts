import { type Bench, withBench } from './bench.ts'
import type { AdapterFixture } from './fixture.ts'

/** The two functions of a test runner that the contract needs; those of vitest, `node:test`, Jest and Mocha fit. */
export interface TestRunner {
  readonly describe: (title: string, body: () => void) => unknown
  readonly it: (title: string, body: () => Promise<void>) => unknown
}

/** One group of the contract: each behaviour is a sentence and a test over a bench of its own. */
export type Group = (holds: (behaviour: string, test: (bench: Bench) => Promise<void>) => void) => void

/** Hands a group to the runner. */
export function runGroup({ describe, it }: TestRunner, fixture: AdapterFixture, title: string, group: Group): void {
  describe(title, () => group((behaviour, test) => it(behaviour, () => withBench(fixture, test))))
}
