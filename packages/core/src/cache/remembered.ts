/** Values that are kept by name for a while. */
export interface Remembered<Value> {
  get(name: string): Value | undefined
  set(name: string, value: Value): void
}

/**
 * Remembers the `least` names that were set last, and at most twice as many.
 *
 * In two parts, of which the older is let go whole: a name costs its place in a `Map`, and nothing before it is set. An LRU
 * cache of 100,000 lays out 2.8 MB at once, which takes 10 ms of every start.
 */
export function createRemembered<Value>(least: number): Remembered<Value> {
  let younger = new Map<string, Value>()
  let older = new Map<string, Value>()
  return {
    get: (name) => younger.get(name) ?? older.get(name),
    set(name, value) {
      if (younger.size >= least) {
        older = younger
        younger = new Map()
      }
      younger.set(name, value)
    },
  }
}
