import { commitsCells } from '../commits/bench-commits.ts'
import { growthCells } from '../growth/bench-growth.ts'
import { latencyCells } from '../latency/bench-latency.ts'
import { logoutCells } from '../logout/bench-logout.ts'
import { histogramLegend } from '../measure/histogram.ts'
import { readsMarkdown } from '../reads/reads-report.ts'
import { slowClientsCells } from '../slow-clients/bench-slow-clients.ts'
import { type Goal, goalsOf, isReached } from './goals.ts'
import type { Results } from './results.ts'
import { markdownTable } from './table.ts'

const begin = '<!-- figures -->'
const end = '<!-- end of figures -->'

/**
 * The page with what stands between its two marks replaced by the figures of a run.
 *
 * @throws TypeError when the page has no such place.
 */
export function pageWith(page: string, figures: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from === -1 || to < from) throw new TypeError(`report: expected a page with ${begin} and ${end}`)
  return `${page.slice(0, from)}${begin}\n\n${figures.trim()}\n\n${page.slice(to)}`
}

/** The figures of a run as Markdown; `chart` is the address of the picture as the page sees it. */
export function figuresMarkdown(results: Results, chart: string): string {
  const { reads, commits, growth, latency, memory, logout, 'slow-clients': slow } = results
  const [first] = Object.values(results)
  const parts = [
    `Measured on ${first?.machine}, and written here by the suite itself.`,
    reads && `![Requests per second over those of a handler without a session, by variant](${chart})`,
    '### Goals',
    markdownTable([['measure', 'goal', 'figure', 'reached'], ...goalsOf(results).map(cellsOf)]),
    reads && `### Reads\n\n${readsMarkdown(reads)}`,
    commits && `### Commits\n\n${markdownTable(commitsCells(commits.rows))}`,
    growth && `### Growth\n\n${markdownTable(growthCells(growth.rows))}`,
    latency && `### Writes and ends\n\n${markdownTable(latencyCells(latency.rows))}\n\nThe ${histogramLegend}.`,
    logout &&
      `### Sign-out at the provider\n\n${markdownTable(logoutCells(logout.rows))}\n\nBy back-channel logout, with ${logout.applications} applications of their own process.`,
    slow &&
      `### Slow clients\n\n${markdownTable(slowClientsCells(slow.rows))}\n\nThe attack: ${slow.connections} connections that send nothing, a header a second or a byte of a body a second, and come again when they are let go.`,
    memory && `### Memory of an application\n\n${memory.bytes} bytes of heap for each session, measured with ${memory.people}.`,
  ]
  return parts.filter(Boolean).join('\n\n')
}

function cellsOf(goal: Goal): readonly string[] {
  const { measure, bound, figure, unit } = goal
  const text = (value: number, decimals: number) => `${value.toFixed(decimals)}${unit && ` ${unit}`}`
  const decimals = unit === 'bytes' ? 0 : unit === '' ? 2 : 1
  const wanted = `${bound === 'at least' ? '≥' : '≤'} ${goal.goal}${unit && ` ${unit}`}`
  if (figure === null) return [measure, wanted, 'not measured', '']
  return [measure, wanted, text(figure, decimals), isReached(goal) ? 'yes' : 'no']
}
