import type { StepResult } from '../run-steps.ts'
import { findSecrets } from './find-secrets.ts'

/** More would hide the first ones. */
const mostLines = 50

/**
 * Searches everything that a run has said for tokens, keys and session ids. Fails with the place of each, and where nothing
 * was kept of what gateways log: a search of nothing shows nothing.
 */
export function searchOutput(
  steps: readonly Pick<StepResult, 'name' | 'output'>[],
  kept: readonly { readonly source: string; readonly text: string }[],
): StepResult {
  const startedAt = performance.now()
  const sources = [...steps.map(({ name, output }) => ({ source: name, text: output })), ...kept]
  const places = sources.flatMap(({ source, text }) =>
    findSecrets(text).map(({ line, kind, masked }) => `${source}, line ${line}: ${kind}: ${masked}`),
  )
  const lines = kept.reduce((sum, { text }) => sum + text.split('\n').length - 1, 0)
  const failures = lines === 0 ? ['no line of any gateway was kept', ...places] : places
  const more = failures.length > mostLines ? [`and ${failures.length - mostLines} more`] : []
  return {
    name: `no secret in the output (${lines} lines of logs)`,
    outcome: failures.length > 0 ? 'failed' : 'passed',
    output: [...failures.slice(0, mostLines), ...more].join('\n'),
    ms: performance.now() - startedAt,
  }
}
