import { type ColumnName, columns } from '../columns.ts'
import type { CellResult, RowResult } from '../run.ts'

/** One remark under the table, and where it belongs. */
export interface Remark {
  readonly mark: string
  readonly text: string
}

/** A table of results as cells of text, with the remarks that its marks refer to. */
export interface TextTable {
  /** The head first; the first cell of each row names it. */
  readonly lines: readonly (readonly string[])[]
  readonly remarks: readonly Remark[]
}

/** Makes the cells; `why` adds the reasons of what is not applicable to the remarks. */
export function textTable(results: readonly RowResult[], names: readonly ColumnName[], head: readonly string[], why: boolean): TextTable {
  const remarks: Remark[] = []

  function cellOf(row: RowResult, name: ColumnName): string {
    const result = row.cells[name]
    if (result === undefined) return ''
    const text = remarkOf(result, why)
    const shown = result.verdict === 'not applicable' ? '—' : result.verdict
    if (text === null) return shown
    const mark = String(remarks.length + 1)
    remarks.push({ mark, text: `${row.id}, ${columns[name].title}: ${text}` })
    return `${shown} [${mark}]`
  }

  const body = results.map((row) => [`${row.id.padEnd(3)}  ${row.title}`, ...names.map((name) => cellOf(row, name))])
  return { lines: [head as string[], ...body], remarks }
}

function remarkOf(result: CellResult, why: boolean): string | null {
  if (result.verdict === 'not applicable') return why ? result.why : null
  const other = result.verdict === 'holds' ? 'happens' : 'holds'
  const parts = [...result.otherwise.map((option) => `${other} with ${option}`), ...(result.note === null ? [] : [result.note])]
  return parts.length === 0 ? null : parts.join('; ')
}
