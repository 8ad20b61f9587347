import type { StepResult } from './run-steps.ts'

/** One line for what passed; what failed shows all that it said. */
export function report({ name, outcome, output, ms }: StepResult): void {
  const mark = { passed: '✓', failed: '✗', skipped: '-' }[outcome]
  const note = outcome === 'skipped' ? 'skipped: what it needs has failed' : `${(ms / 1000).toFixed(1)} s`
  console.log(`${mark} ${name.padEnd(40)} ${note}`)
  if (outcome === 'failed') console.log(`${'─'.repeat(10)} ${name}\n${output.trimEnd()}\n${'─'.repeat(10)} end of ${name}`)
}
