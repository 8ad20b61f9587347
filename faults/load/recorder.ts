import type { Operation } from '../history/operation.ts'

/** Writes down what was asked and answered, on one clock. */
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
    nowMs: machineMs,
    add: (operation) => void history.push(operation),
    surprise: (what) => void surprises.set(what, (surprises.get(what) ?? 0) + 1),
  }
}

/** Milliseconds of the one monotonic clock that all processes of a machine have. */
function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
