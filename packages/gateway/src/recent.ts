import { LRUCache } from 'lru-cache'

/** Keeps values by name; the one that was asked for longest ago makes room. */
export interface Recent<Value> {
  get(name: string): Value | undefined
  set(name: string, value: Value): void
}

/** Keeps values up to a bound on the sum of their sizes; without `sizeOf` each counts as one. A larger one is not kept. */
export function createRecent<Value extends object>(most: number, sizeOf: (value: Value) => number = () => 1): Recent<Value> {
  const held = new LRUCache<string, Value>({ maxSize: most, sizeCalculation: sizeOf })
  return { get: (name) => held.get(name), set: (name, value) => void held.set(name, value) }
}
