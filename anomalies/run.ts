import type { Anomaly, Cell, Scenario, Verdict } from './anomaly.ts'
import { type ColumnName, columnNames } from './columns.ts'
import { inScope } from './scope.ts'

/** What came of one cell. */
export type CellResult =
  | { readonly verdict: 'not applicable'; readonly why: string }
  | {
      readonly verdict: Verdict
      readonly note: string | null
      /** Options with which it came out otherwise. */
      readonly otherwise: readonly string[]
    }

/** What came of one row. */
export interface RowResult {
  readonly id: string
  readonly title: string
  readonly what: string
  readonly cells: Readonly<Partial<Record<ColumnName, CellResult>>>
}

/** 10 s: every scenario waits for gates only, and is over in well under one. */
const deadlineMs = 10_000

/**
 * Runs the row for these columns, each scenario so often.
 *
 * @throws Error when a scenario comes out differently from one run to the next, or not at all.
 */
export async function runRow(anomaly: Anomaly, names: readonly ColumnName[] = columnNames, times = 1): Promise<RowResult> {
  const cells: Partial<Record<ColumnName, CellResult>> = {}
  for (const name of names) cells[name] = await runCell(anomaly.cells[name], times, `${anomaly.id} ${name}`)
  const { id, title, what } = anomaly
  return { id, title, what, cells }
}

async function runCell(cell: Cell | string, times: number, label: string): Promise<CellResult> {
  if (typeof cell === 'string') return { verdict: 'not applicable', why: cell }
  const verdict = await runTimes(cell.run, times, label)
  const otherwise: string[] = []
  for (const [option, run] of Object.entries(cell.options ?? {})) {
    if ((await runTimes(run, times, `${label}, ${option}`)) !== verdict) otherwise.push(option)
  }
  return { verdict, note: cell.note ?? null, otherwise }
}

async function runTimes(scenario: Scenario, times: number, label: string): Promise<Verdict> {
  const verdicts = new Set<Verdict>()
  for (let time = 0; time < times; time += 1) verdicts.add(await runOnce(scenario, label))
  const [verdict] = verdicts
  if (verdict === undefined || verdicts.size > 1) throw new Error(`${label}: expected the same verdict ${times} times, found both`)
  return verdict
}

async function runOnce(scenario: Scenario, label: string): Promise<Verdict> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`expected an end within ${deadlineMs} ms`)), deadlineMs)
  try {
    return await inScope((scope) => Promise.race([scenario(scope), late]))
  } catch (error) {
    throw new Error(`${label}: ${(error as Error).message}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
