import type { Operation } from '../../faults/history/operation.ts'

/** Writes down what was asked and answered, in true time. */
export interface Recorder {
  add(operation: Operation): void
  /** Notes a change that is asked for now: whatever has become of it, if nobody is ever told, is unknown. */
  begin(operation: () => Operation): { readonly end: (operation: Operation) => void }
  /** How many changes are under way. */
  underWay(): number
  /** Everything so far, and what was asked and never answered. */
  history(): Operation[]
}

export function createRecorder(): Recorder {
  const done: Operation[] = []
  const open = new Set<() => Operation>()
  return {
    add: (operation) => void done.push(operation),
    begin(operation) {
      open.add(operation)
      return {
        end(answered) {
          open.delete(operation)
          done.push(answered)
        },
      }
    },
    underWay: () => open.size,
    history: () => [...done, ...[...open].map((operation) => operation())],
  }
}
