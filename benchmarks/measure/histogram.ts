/** Upper edges of the bins, in milliseconds; one more bin holds what is above the last. */
export const edgesMs: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000]

/** How many of the times fall into each bin. */
export function histogramOf(timesMs: readonly number[]): readonly number[] {
  const counts = Array.from({ length: edgesMs.length + 1 }, () => 0)
  for (const time of timesMs) {
    const found = edgesMs.findIndex((edge) => time <= edge)
    const bin = found === -1 ? edgesMs.length : found
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts
}

const blocks = '▁▂▃▄▅▆▇█'

/** One character for each bin: its height over that of the fullest; a dot where it is empty. */
export function histogramText(counts: readonly number[]): string {
  const most = Math.max(...counts, 1)
  return counts.map((count) => (count === 0 ? '·' : (blocks[Math.ceil((count / most) * blocks.length) - 1] ?? ''))).join('')
}

/** What the characters of a histogram stand for. */
export const histogramLegend = `histogram: up to ${edgesMs.join(', ')} ms, and more; a dot is an empty bin`
