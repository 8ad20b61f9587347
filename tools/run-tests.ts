import { type Counts, countsLine, readCounts } from './counts.ts'
import { runStep, type StepResult } from './run-steps.ts'

/** Runs all tests once. A run that breaks off, or exits with an error that it has not counted, has failed at least once. */
export async function runTests(name: string, commands?: string): Promise<{ result: StepResult; counts: Counts }> {
  const result = await runStep({ name, command: ['vitest', 'run'], ...(commands && { commands }) })
  const counts = completeCounts(result)
  return { counts, result: { ...result, name: `${name}: ${countsLine(counts)}`, outcome: counts.failed > 0 ? 'failed' : 'passed' } }
}

/** What a run of vitest comes to, by its last line and its exit. */
export function completeCounts({ outcome, output }: Pick<StepResult, 'outcome' | 'output'>): Counts {
  const counts = readCounts(output) ?? { passed: 0, failed: 0, skipped: 0 }
  return { ...counts, failed: Math.max(counts.failed, outcome === 'passed' && counts.passed > 0 ? 0 : 1) }
}
