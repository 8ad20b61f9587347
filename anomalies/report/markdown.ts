import { type ColumnName, columns, versionOf } from '../columns.ts'
import type { RowResult } from '../run.ts'
import { textTable } from './cell-text.ts'

const begin = '<!-- made by: npm run anomalies -- --markdown -->'
const end = '<!-- end -->'

/** What `--markdown` writes: the table, the remarks, and what each row is. */
export function markdownReport(results: readonly RowResult[], names: readonly ColumnName[], date: string): string {
  const { lines, remarks } = textTable(results, names, ['', ...names.map((name) => `${columns[name].title} ${versionOf(name)}`)], false)
  const [head = [], ...body] = lines.map((line) => `| ${line.map((cell) => cell.replace(/^(A\d+) +/, '**$1** ')).join(' | ')} |`)
  const rule = `| ${lines[0]?.map(() => '---').join(' | ')} |`
  return [
    begin,
    `Run on ${date} with Node.js ${process.versions.node}.`,
    '',
    ...[head, rule, ...body],
    '',
    ...remarks.map(({ mark, text }) => `- [${mark}] ${text}`),
    '',
    ...results.map(({ id, what }) => `- **${id}** ${what}`),
    end,
  ].join('\n')
}

/** The page with the report in the place of the one before. */
export function withReport(page: string, report: string): string {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from === -1 || to === -1) throw new Error(`expected a page with ${begin} and ${end}`)
  return `${page.slice(0, from)}${report}${page.slice(to + end.length)}`
}

/** What a page says of this project: verdicts by row. */
export function ownVerdictsOf(page: string): Readonly<Record<string, string>> {
  const rows = page.matchAll(/^\| \*\*(?<id>A\d+)\*\* [^|]*\| (?<verdict>[a-z—]+)/gm)
  return Object.fromEntries([...rows].map(({ groups }) => [groups?.['id'] ?? '', groups?.['verdict'] ?? '']))
}
