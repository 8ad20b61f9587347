import type { Random } from '../load/random.ts'

/** Something that goes wrong, and can be put right again. */
export interface Nemesis {
  readonly kind: string
  /** Whether no gateway has the store while it lasts: the first good read after it is measured. */
  readonly takesStore: boolean
  /** Longest time that it lasts, in milliseconds. Tokens may be replaced once in 10 s: no fault is longer. */
  readonly mostMs: number
  /** Does it; what it answers ends it. */
  inflict(random: Random): Promise<() => Promise<void>>
}
