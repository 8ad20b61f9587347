import { type ColumnName, columns, versionOf } from '../columns.ts'
import type { RowResult } from '../run.ts'
import { textTable } from './cell-text.ts'

/** The table for a terminal: titles and versions above their columns, remarks below. */
export function terminalReport(results: readonly RowResult[], names: readonly ColumnName[], why: boolean): string {
  const titles = names.map((name) => columns[name].title)
  const { lines, remarks } = textTable(results, names, ['', ...titles], why)
  const [head = [], ...body] = lines
  const rows = [head, ['', ...names.map(versionOf)], ...body]
  const widths = head.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  const text = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  const notes = remarks.map(({ mark, text: remark }) => `[${mark}] ${remark}`)
  return [...text.slice(0, 2), rule, ...text.slice(2), '', ...notes, ''].join('\n')
}
