import { limits } from './limits.ts'

/** What writes the section anew, as it stands in its first mark. */
export const command = 'node tools/bootstrap.mjs run node packages/gateway/test/write-limits.ts'

const begin = `<!-- made by: ${command} -->`
const end = '<!-- end of limits -->'

/** A page with its section of limits as the table makes it. Everything outside the marks stays. */
export function withLimits(page: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`expected a page with ${begin} and ${end}`)
  return `${page.slice(0, from + begin.length)}\n\n${limitsSection()}\n${page.slice(to)}`
}

function limitsSection(): string {
  return Object.entries(limits)
    .map(([heading, rows]) =>
      [`### ${heading}`, '', '| limit | value | beyond it |', '| --- | --- | --- |', ...rows.map(line), ''].join('\n'),
    )
    .join('\n')
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`.replace('|  |', '| |')
}
