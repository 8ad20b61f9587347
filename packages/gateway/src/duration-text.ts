const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

/** A length of time as people write it: `27m30s`. */
export function durationText(ms: number): string {
  let rest = Math.round(ms)
  const parts: string[] = []
  for (const [unit, unitMs] of units) {
    const count = Math.floor(rest / unitMs)
    rest -= count * unitMs
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.join('') || '0s'
}
