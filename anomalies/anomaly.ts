import type { ColumnName } from './columns.ts'
import type { Scope } from './scope.ts'

/** What came of a scenario: the anomaly happened, or what people rely on held. */
export type Verdict = 'holds' | 'happens'

/** One deterministic run: the faults are injected where the library lets its users in, and gates give the order. */
export type Scenario = (scope: Scope) => Promise<Verdict>

/** A scenario of one library, set up as its documentation advises. */
export interface Cell {
  readonly run: Scenario
  /** The same with an option of the library that decides it, by how it is written; shown where it comes out otherwise. */
  readonly options?: Readonly<Record<string, Scenario>>
  /** What has to be known to read the verdict. */
  readonly note?: string
}

/** One row of the table. */
export interface Anomaly {
  /** `A1` and on. */
  readonly id: string
  /** A few words, for the table. */
  readonly title: string
  /** What it is, in one sentence. */
  readonly what: string
  /** By library; a text says why there is nothing to run. */
  readonly cells: Readonly<Record<ColumnName, Cell | string>>
}
