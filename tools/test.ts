// Every check of this repository in one run: `npm test`. With arguments (`npm test -- packages/core`) only vitest runs, with them.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addCounts, type Counts, countsLine } from './counts.ts'
import { report } from './report.ts'
import { runSteps, type Step, type StepResult } from './run-steps.ts'
import { runTests } from './run-tests.ts'
import { keptOutputVariable, readKeptOutput } from './secrets/kept-output.ts'
import { searchOutput } from './secrets/search-output.ts'

const checks: readonly Step[] = [
  { name: 'build', command: ['turbo', 'run', 'build', '--output-logs=errors-only', '--concurrency=2'] },
  { name: 'lint and format', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'boundaries', command: ['biome', 'lint', '--only=style/noRestrictedImports', '--only=suspicious/noImportCycles', '.'] },
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
  // By themselves: a peer's declarations change global types.
  { name: 'types of the anomalies', command: ['tsc', '-p', 'anomalies'] },
  { name: 'types of core without Node', command: ['tsc', '-p', 'packages/core/tsconfig.json'] },
  { name: 'types of the Next.js application', command: ['tsc', '-p', 'packages/next/fixture-app'] },
  { name: 'types of the example for Next.js', command: ['tsc', '-p', 'examples/next'] },
  { name: 'code in the documentation', command: ['node', 'tools/check-docs.ts'] },
  { name: 'unused code and dependencies', command: ['knip', '--no-progress'] },
  { name: 'entries', command: ['node', 'tools/check-entries.ts'], after: ['build'] },
  { name: 'pack', command: ['turbo', 'run', 'packed', '--output-logs=errors-only', '--concurrency=2'], after: ['build'] },
  { name: 'publint', command: ['turbo', 'run', 'publint', '--output-logs=errors-only', '--concurrency=2'], after: ['pack'] },
  { name: 'are the types wrong', command: ['turbo', 'run', 'attw', '--output-logs=errors-only', '--concurrency=2'], after: ['pack'] },
  { name: 'packages in a project of their own', command: ['node', 'tools/scratch-consumer.ts'], after: ['pack'] },
]

const chosen = process.argv.slice(2)
if (chosen.length > 0) runChosen(chosen)
else await runAll()

function runChosen(parameters: readonly string[]): void {
  console.log(`vitest ${parameters.join(' ')}: the other checks run without arguments only\n`)
  const { status, error } = spawnSync('vitest', ['run', ...parameters], { stdio: 'inherit', shell: process.platform === 'win32' })
  if (error) throw error
  process.exitCode = status ?? 1
}

async function runAll(): Promise<void> {
  console.log('Checks')
  const results = await runSteps(checks, 2, report)
  console.log('\nTests')
  const folder = mkdtempSync(join(tmpdir(), 'single-state-output-'))
  process.env[keptOutputVariable] = folder
  // Alone, after the checks: vitest uses every core by itself.
  const { result, counts } = await runTests('tests')
  report(result)
  const search = searchOutput([...results, result], readKeptOutput(folder))
  report(search)
  rmSync(folder, { recursive: true, force: true })
  const total = addCounts([...[...results, search].map(asCounts), counts])
  console.log(`\n${verdict([...results, result, search])}\n${countsLine(total)}`)
  process.exitCode = total.failed > 0 ? 1 : 0
}

function asCounts({ outcome }: StepResult): Counts {
  return { passed: 0, failed: 0, skipped: 0, [outcome]: 1 }
}

function verdict(results: readonly StepResult[]): string {
  const failed = results.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name)
  return failed.length > 0 ? `Failed: ${failed.join(', ')}` : 'Everything holds.'
}
