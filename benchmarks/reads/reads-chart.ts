import type { ReadsRow } from './measure-variant.ts'

const rowHeight = 22
const left = 330
const width = 860
const barWidth = width - left - 60

/** The ratios to the bare handler as horizontal bars, a group for each framework and number of connections. */
export function readsChart(rows: readonly ReadsRow[]): string {
  const groups = [...new Set(rows.map(titleOf))].map((title) => ({ title, rows: rows.filter((row) => titleOf(row) === title) }))
  const top = Math.max(1, ...rows.map(({ ratio }) => ratio.median))
  const parts: string[] = []
  let y = 16
  for (const group of groups) {
    parts.push(`<text x="0" y="${y + 12}" class="title">${group.title}</text>`)
    y += 28
    for (const row of group.rows) {
      parts.push(barOf(row, y, top))
      y += rowHeight
    }
    y += 20
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" role="img" aria-label="Throughput over that of the bare handler">
<style>text{font:13px system-ui,sans-serif;fill:#334}.title{font-weight:600}.ours{fill:#2456d6}.theirs{fill:#9aa5b8}
@media(prefers-color-scheme:dark){text{fill:#d6dbe6}.ours{fill:#7aa2ff}.theirs{fill:#667189}}</style>
${parts.join('\n')}
</svg>
`
}

function titleOf({ framework, connections }: ReadsRow): string {
  return `${framework === 'express' ? 'Express' : 'Hono'}, ${connections} connection${connections === 1 ? '' : 's'}: throughput / bare handler`
}

function barOf({ variant, ratio }: ReadsRow, y: number, top: number): string {
  const length = (value: number) => Math.round((value / top) * barWidth)
  const kind = variant.startsWith('Single State') ? 'ours' : 'theirs'
  return [
    `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${variant}</text>`,
    `<rect class="${kind}" x="${left}" y="${y + 2}" width="${length(ratio.median)}" height="${rowHeight - 8}" rx="2"><title>${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}</title></rect>`,
    `<text x="${left + length(ratio.median) + 6}" y="${y + 13}">${ratio.median.toFixed(2)}</text>`,
  ].join('')
}
