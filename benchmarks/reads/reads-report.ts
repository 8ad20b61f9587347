import type { Spread } from '../measure/statistics.ts'
import { markdownTable, table } from '../report/table.ts'
import type { ReadsRow } from './measure-variant.ts'
import type { ReadsResult } from './reads-result.ts'

/** What `npm run bench -- reads` prints: a table for each framework and number of connections, and what gave no figure. */
export function readsText({ machine, versions, people, rounds, seconds, promises, rows, invalid }: ReadsResult): string {
  const tables = groupsOf(rows).map((group) => `${titleOf(group.rows[0])}\n\n${table([head, ...group.rows.map(cellsOf)])}`)
  const failed = invalid.map(({ variant, framework, reason }) => `no figure for ${variant}, ${framework}: ${reason}`)
  const how = `${people} sessions of 1.5 KB, ${rounds} rounds of ${seconds} s; ratio: requests per second over those of the bare handler`
  const heading = [machine, versions.join(' · '), how].join('\n')
  return `${[heading, ...tables, table(promisesCells(promises)), ...failed].join('\n\n')}\n`
}

/** The same for a page of the documentation. */
export function readsMarkdown({ people, rounds, seconds, versions, promises, rows, invalid }: ReadsResult): string {
  const tables = groupsOf(rows).map((group) => `**${titleOf(group.rows[0])}**\n\n${markdownTable([head, ...group.rows.map(cellsOf)])}`)
  const failed = invalid.map(({ variant, framework }) => `No figure for ${variant}, ${framework}: requests failed.`)
  const how = `${people} sessions of 1.5 KB, ${rounds} rounds of ${seconds} s. ${versions.join(', ')}.`
  return [how, markdownTable(promisesCells(promises)), ...tables, ...failed].join('\n\n')
}

/** The rows of each framework and number of connections, in the order of the variants. */
export function groupsOf(rows: readonly ReadsRow[]): readonly { readonly rows: readonly [ReadsRow, ...ReadsRow[]] }[] {
  const keys = new Set(rows.map(titleOf))
  return [...keys].map((key) => ({ rows: rows.filter((row) => titleOf(row) === key) as [ReadsRow, ...ReadsRow[]] }))
}

/** `Express, 64 connections`. */
export function titleOf({ framework, connections }: ReadsRow): string {
  return `${framework === 'express' ? 'Express' : 'Hono'}, ${connections} connection${connections === 1 ? '' : 's'}`
}

function promisesCells(promises: ReadsResult['promises']): readonly (readonly string[])[] {
  return [['variant', 'how old an answer may be'], ...promises.map(({ variant, stale }) => [variant, stale])]
}

const head = ['variant', 'ratio', 'low–high', 'req/s', 'p50 µs', 'p99 µs', 'CPU µs', 'bare CPU', 'gateway CPU']

function cellsOf(row: ReadsRow): readonly string[] {
  const { variant, ratio, perSecond, p50Us, p99Us, cpuUs, bareCpuUs, gatewayCpuUs } = row
  const figures = [perSecond, p50Us, p99Us, cpuUs, bareCpuUs].map((value) => value.toFixed(0))
  const gateway = gatewayCpuUs === null ? '' : gatewayCpuUs.toFixed(1)
  return [variant, ratio.median.toFixed(2), range(ratio), ...figures, gateway]
}

function range({ low, high }: Spread): string {
  return `${low.toFixed(2)}–${high.toFixed(2)}`
}
