import type { SeedRun, StoreKind } from './run-seed.ts'

/** What a seed came to, in short: all that leaves the process that ran it. */
export interface SeedReport {
  readonly seed: number
  readonly kind: StoreKind
  readonly operations: number
  /** Reads that were answered with a session. */
  readonly reads: number
  /** Of these, answered without asking anybody. */
  readonly local: number
  /** Changes that were acknowledged as settled. */
  readonly acknowledged: number
  /** What is to be said where a rule did not hold, and how the seed is run again; nothing where all held. */
  readonly failure: readonly string[]
}

/** Puts a run in short. */
export function reportOf(run: SeedRun): SeedReport {
  const { seed, kind, history } = run
  const reads = history.filter((operation) => operation.kind === 'read' && operation.found.status === 'active')
  const acknowledged = history.filter((operation) => operation.kind !== 'read' && operation.outcome.status === 'ok')
  return {
    ...{ seed, kind, operations: history.length, reads: reads.length, acknowledged: acknowledged.length, failure: failureText(run) },
    local: reads.filter(({ startMs, endMs }) => startMs === endMs).length,
  }
}

/** What is to be said of a seed in which a rule did not hold: how it is run again, then what was seen. */
export function failureText({ seed, kind, violations, unordered }: SeedRun): string[] {
  const lines = violations.flatMap(({ rule, what, session, operations }) => [
    `${rule}: ${what} (session ${session})`,
    ...operations.map((operation) => `  ${JSON.stringify(operation)}`),
  ])
  const orderless = unordered.map((session) => `no order explains the strict operations on session ${session}`)
  if (lines.length + orderless.length === 0) return []
  return [`seed ${seed}: npm run simulate -- --store ${kind} --from ${seed} --seeds 1`, ...orderless, ...lines.slice(0, 12)]
}
