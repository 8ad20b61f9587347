import type { ReadsRow } from './measure-variant.ts'
import { groupsOf, titleOf } from './reads-report.ts'
import type { ReadsResult } from './reads-result.ts'

const width = 900
const margin = 28
const labelWidth = 244
const left = margin + labelWidth
const right = width - margin - 66
const rowHeight = 26
const barHeight = 14
/** Between the title of a group and its first bar; room for the words at the line of the bare handler. */
const headHeight = 40
const groupGap = 26
const top = 92

/**
 * The ratios to the bare handler as horizontal bars, a group for each framework and number of connections. It brings its
 * own ground, so that it can be read wherever it is shown.
 */
export function readsChart({ machine, rounds, seconds, people, rows }: ReadsResult): string {
  const shown = rows.filter(({ variant }) => variant !== 'bare handler')
  const most = Math.max(1, ...shown.map(({ ratio }) => ratio.high)) * 1.02
  const parts: string[] = []
  let y = top
  for (const group of groupsOf(shown)) {
    parts.push(groupAt(group.rows, y, most))
    y += headHeight + group.rows.length * rowHeight + groupGap
  }
  const height = y + 18
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">
<title id="title">Throughput of a request that reads the session, over the same request without one</title>
<style>${style}</style>
<rect class="ground" width="${width}" height="${height}" rx="10"/>
<text class="title" x="${margin}" y="40">What reading a session costs</text>
<text class="note" x="${margin}" y="62">Requests per second over those of the same handler without a session. Median of ${rounds} rounds; the thin line is lowest to highest.</text>
${parts.join('\n')}
<text class="note" x="${margin}" y="${height - 18}">${escaped(machine)} · ${people} sessions of 1.5 KB · rounds of ${seconds} s</text>
</svg>
`
}

function groupAt(rows: readonly [ReadsRow, ...ReadsRow[]], y: number, most: number): string {
  const bare = placeOf(1, most)
  const first = y + headHeight
  const last = first + rows.length * rowHeight
  return [
    `<text class="group" x="${margin}" y="${y + 18}">${titleOf(rows[0])}</text>`,
    `<text class="small" x="${bare}" y="${y + 28}" text-anchor="middle">bare handler</text>`,
    `<line class="bare" x1="${bare}" x2="${bare}" y1="${first - 6}" y2="${last - 4}"/>`,
    ...rows.map((row, index) => barAt(row, first + index * rowHeight, most)),
  ].join('\n')
}

function barAt({ variant, ratio }: ReadsRow, y: number, most: number): string {
  const ours = variant.startsWith('Single State')
  const end = placeOf(ratio.median, most)
  const middle = y + barHeight / 2
  const [low, high] = [placeOf(ratio.low, most), placeOf(ratio.high, most)]
  const valueAt = Math.max(end, high) + 8
  return [
    `<text class="${ours ? 'label mine' : 'label'}" x="${left - 12}" y="${y + 11.5}" text-anchor="end">${escaped(variant)}</text>`,
    `<rect class="${ours ? 'ours' : 'theirs'}" x="${left}" y="${y}" width="${Math.max(1, end - left)}" height="${barHeight}" rx="3"/>`,
    `<line class="spread" x1="${low}" x2="${high}" y1="${middle}" y2="${middle}"/>`,
    `<text class="${ours ? 'value mine' : 'value'}" x="${valueAt}" y="${y + 11.5}">${ratio.median.toFixed(2)}</text>`,
  ].join('')
}

function placeOf(ratio: number, most: number): number {
  return Math.round(left + (ratio / most) * (right - left))
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

const style = `
.ground{fill:#fff;stroke:#d9dee7}
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:13px;fill:#3b4557}
.title{font-size:20px;font-weight:650;fill:#141a26}.group{font-size:14px;font-weight:650;fill:#141a26}
.note{font-size:12px;fill:#657087}.small{font-size:11px;fill:#657087}.mine{font-weight:650;fill:#141a26}
.value{font-variant-numeric:tabular-nums;paint-order:stroke;stroke:#fff;stroke-width:5px}
.ours{fill:#2f6bff}.theirs{fill:#b4bdcc}
.bare{stroke:#141a26;stroke-width:1;stroke-dasharray:3 3;opacity:.55}.spread{stroke:#141a26;stroke-width:1.5;opacity:.6}
@media(prefers-color-scheme:dark){.ground{fill:#12161f;stroke:#2a3140}text{fill:#c6cedd}
.title,.group,.mine{fill:#f2f5fa}.note,.small{fill:#8e9ab0}.ours{fill:#6d9bff}.theirs{fill:#4c576b}
.bare,.spread{stroke:#f2f5fa}.value{stroke:#12161f}}`
