import type { ReadsRow } from './measure-variant.ts'

/** A variant that could not be measured, and why. A round in which a request failed is no figure. */
export interface NoFigure {
  readonly variant: string
  readonly framework: string
  readonly reason: string
}

/** Everything that one run showed. */
export interface ReadsResult {
  readonly machine: string
  readonly versions: readonly string[]
  readonly people: number
  readonly rounds: number
  readonly seconds: number
  /** How old an answer of each variant may be. */
  readonly promises: readonly { readonly variant: string; readonly stale: string }[]
  readonly rows: readonly ReadsRow[]
  readonly invalid: readonly NoFigure[]
}
