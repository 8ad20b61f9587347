/** A length of time as people write it: a whole number and a unit. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * Reads a duration such as `'30s'` or `'12h'` as milliseconds.
 *
 * @throws TypeError when the text is not a whole number followed by ms, s, m, h or d.
 */
export function parseDuration(text: string, option: string): number {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text)
  if (!match) throw new TypeError(`${option}: expected a duration such as '30s', found ${JSON.stringify(text)}`)
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
}
