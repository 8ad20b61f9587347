// Runs the tests on every line of Node.js that the packages support. The arguments are folders that hold a `node` each.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { addCounts, type Counts, countsLine } from './counts.ts'
import { report } from './report.ts'
import { runTests } from './run-tests.ts'

const all: Counts[] = []
for (const folder of process.argv.slice(2)) {
  const version = execFileSync(join(folder, 'node'), ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' }).trim()
  const { result, counts } = await runTests(`Node.js ${version}`, folder)
  report(result)
  all.push(counts)
}
const total = addCounts(all)
console.log(`\n${countsLine(total)}`)
process.exitCode = total.failed > 0 || all.length === 0 ? 1 : 0
