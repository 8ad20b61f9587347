// Checks the types with every TypeScript that the packages support, and runs the tests on every Node.js.
// The arguments are folders that hold a `node` each.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { addCounts, type Counts, countsLine } from './counts.ts'
import { report } from './report.ts'
import { runSteps, type Step } from './run-steps.ts'
import { completeCounts, runTests } from './run-tests.ts'

const types: readonly Step[] = [
  { name: 'pack', command: ['turbo', 'run', 'packed', '--output-logs=errors-only', '--concurrency=2'] },
  { name: 'types from outside', command: ['node', 'tools/types-matrix.ts'], after: ['pack'] },
]

const all: Counts[] = []
for (const { name, outcome, output } of await runSteps(types, 1, report)) {
  if (name !== 'pack') all.push(completeCounts({ outcome, output }))
  else all.push({ passed: outcome === 'passed' ? 1 : 0, failed: outcome === 'passed' ? 0 : 1, skipped: 0 })
}
for (const folder of process.argv.slice(2)) {
  const version = execFileSync(join(folder, 'node'), ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' }).trim()
  const { result, counts } = await runTests(`Node.js ${version}`, folder)
  report(result)
  all.push(counts)
}
const total = addCounts(all)
console.log(`\n${countsLine(total)}`)
process.exitCode = total.failed > 0 || process.argv.length <= 2 ? 1 : 0
