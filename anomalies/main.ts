// Runs the anomalies: npm run anomalies -- [options]. Everything is in this process; nothing is asked of the network.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Anomaly } from './anomaly.ts'
import { columnNames, versionOf } from './columns.ts'
import { quietly } from './quiet.ts'
import { markdownReport, withReport } from './report/markdown.ts'
import { terminalReport } from './report/terminal.ts'
import { rows } from './rows.ts'
import { type RowResult, runRow } from './run.ts'

const help = `npm run anomalies -- [options]

  What goes wrong with sessions, by running it: this project and its peers, each as its documentation advises.

  holds      what people rely on held
  happens    the anomaly happened
  —          there is nothing to run; --why says the reason

  --only A2     one row, or several with commas between
  --why         with the reasons of every —
  --times N     runs each scenario so often and expects the same verdict every time (default 1)
  --json        every result on the standard output, for programs
  --markdown    writes the table into docs/concepts/anomalies.md

Ends with 1 when an anomaly happens to this project, and with 2 when a scenario could not be run.
`

const page = join(import.meta.dirname, '..', 'docs', 'concepts', 'anomalies.md')

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    why: { type: 'boolean', default: false },
    times: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(help)
else process.exitCode = await run()

async function run(): Promise<number> {
  const chosen = chosenRows(values.only)
  const times = Number(values.times)
  // Half a table would take the place of the whole.
  const isPartOfPage = values.markdown && values.only !== undefined
  if (isPartOfPage || chosen === null || !(Number.isSafeInteger(times) && times > 0)) {
    process.stderr.write(help)
    return 2
  }
  const results = await runAll(chosen, times).catch((error: Error) => error)
  if (results instanceof Error) {
    process.stderr.write(`anomalies: ${results.message}\n`)
    return 2
  }
  report(results)
  return results.some(({ cells }) => cells['single-state']?.verdict === 'happens') ? 1 : 0
}

function chosenRows(only: string | undefined): readonly Anomaly[] | null {
  if (only === undefined) return rows
  const ids = only.toUpperCase().split(',')
  const chosen = rows.filter(({ id }) => ids.includes(id))
  return chosen.length === ids.length ? chosen : null
}

async function runAll(chosen: readonly Anomaly[], times: number): Promise<RowResult[]> {
  const results: RowResult[] = []
  for (const [at, row] of chosen.entries()) {
    if (process.stderr.isTTY) process.stderr.write(`\r${at + 1} of ${chosen.length}  ${row.id} ${row.title}\u001b[K`)
    results.push(await quietly(() => runRow(row, columnNames, times)))
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  return results
}

function report(results: readonly RowResult[]): void {
  if (values.markdown) {
    const date = new Date().toISOString().slice(0, 10)
    writeFileSync(page, withReport(readFileSync(page, 'utf8'), markdownReport(results, columnNames, date)))
  }
  if (values.json) {
    const versions = Object.fromEntries(columnNames.map((name) => [name, versionOf(name)]))
    process.stdout.write(`${JSON.stringify({ versions, rows: results }, null, 2)}\n`)
  } else process.stdout.write(terminalReport(results, columnNames, values.why))
}
