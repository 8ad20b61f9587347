import type { Inflicted } from '../nemeses/inflict.ts'
import type { Operation } from './operation.ts'

/** How long the first good read took after the store's return, in milliseconds. */
export interface Waits {
  readonly count: number
  readonly medianMs: number
  readonly mostMs: number
}

/** The same for all faults, and for each kind. */
export interface FirstGoodReads extends Waits {
  readonly byKind: Readonly<Record<string, Waits>>
  /** How long the store itself took to answer somebody who asked it directly then, on the same machine. */
  readonly direct: Waits
}

/** Whether the store must have answered: what a lease or a snapshot answers says nothing of it. */
export function isGoodRead(operation: Operation): boolean {
  return operation.kind === 'read' && operation.promise === 'strict' && operation.found.status === 'active'
}

/** From each return of the store to the end of the next strict read that was active. */
export function firstGoodReads(history: readonly Operation[], inflicted: readonly Inflicted[]): FirstGoodReads {
  const endsMs = history
    .filter(isGoodRead)
    .map(({ endMs }) => endMs)
    .sort((a, b) => a - b)
  const waits = inflicted.flatMap(({ kind, backMs }) => {
    if (backMs === null) return []
    const endMs = endsMs.find((each) => each > backMs) ?? Number.POSITIVE_INFINITY
    return [{ kind, ms: endMs - backMs }]
  })
  const kinds = [...Map.groupBy(waits, ({ kind }) => kind)].sort(([a], [b]) => a.localeCompare(b))
  const direct = waitsOf(inflicted.flatMap(({ backMs, directMs }) => (backMs === null ? [] : [{ ms: directMs }])))
  return { ...waitsOf(waits), direct, byKind: Object.fromEntries(kinds.map(([kind, each]) => [kind, waitsOf(each)])) }
}

function waitsOf(waits: readonly { readonly ms: number }[]): Waits {
  const sorted = waits.map(({ ms }) => ms).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  return { count: sorted.length, medianMs: Math.round(median), mostMs: Math.round(sorted.at(-1) ?? 0) }
}
