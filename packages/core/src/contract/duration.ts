/** A length of time as people write it: a whole number and a unit. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A hundred years: beyond that a date made of it may be none. */
const longestMs = 36_500 * unitMs.d

/**
 * Reads a duration such as `'30s'` or `'12h'` as milliseconds.
 *
 * @throws TypeError that names the option, when the text is not a whole number followed by ms, s, m, h or d, or is more
 * than 36,500 days.
 */
export function parseDuration(text: string, option: string): number {
  const match = /^(\d{1,15})(ms|s|m|h|d)$/.exec(text)
  const ms = match ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs] : Number.NaN
  if (!(ms <= longestMs)) throw new TypeError(`${option}: expected a duration such as '30s', at most 36500d, found ${JSON.stringify(text)}`)
  return ms
}
