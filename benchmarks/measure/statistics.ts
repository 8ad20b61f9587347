/** A figure of several rounds: the middle one, and how far the rounds were apart. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** The middle, the lowest and the highest of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other)
  return { median: percentile(sorted, 0.5), low: percentile(sorted, 0), high: percentile(sorted, 1) }
}

/** The value at `part` (0 to 1) of sorted values, between the two nearest. */
export function percentile(sorted: readonly number[], part: number): number {
  const place = (sorted.length - 1) * part
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  if (below === undefined || above === undefined) throw new TypeError('percentile: expected at least one value')
  return below + (above - below) * (place - Math.floor(place))
}
