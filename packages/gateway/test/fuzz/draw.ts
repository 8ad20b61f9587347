import { createRandom } from '../kill-loop/random.ts'

/** What a seed decides. */
export interface Draw {
  /** A whole number from 0 up to, not including, `end`. */
  readonly below: (end: number) => number
  /** Whether something that happens once in `often` times happens now. */
  readonly once: (often: number) => boolean
  readonly pick: <T>(list: readonly T[]) => T
}

/** Everything of a run is drawn from here, so that its seed brings it back. */
export function createDraw(seed: number): Draw {
  const random = createRandom(seed)
  const below = (end: number) => Math.floor(random() * end)
  return { below, once: (often) => below(often) === 0, pick: (list) => list[below(list.length)] as (typeof list)[number] }
}
