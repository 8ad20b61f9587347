import type { Operation } from '../history/operation.ts'

/** Writes down what was asked and answered, on the one clock of this process. */
export interface Recorder {
  readonly history: Operation[]
  /** What went wrong in a way that no rule foresees, and how often. */
  readonly surprises: Map<string, number>
  nowMs(): number
  add(operation: Operation): void
  surprise(what: string): void
}

/** Starts with nothing written. */
export function createRecorder(): Recorder {
  const history: Operation[] = []
  const surprises = new Map<string, number>()
  return {
    history,
    surprises,
    nowMs: () => performance.now(),
    add: (operation) => void history.push(operation),
    surprise: (what) => void surprises.set(what, (surprises.get(what) ?? 0) + 1),
  }
}
