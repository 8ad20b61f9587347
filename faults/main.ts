// Real gateways on a real store, behind a real load balancer, while everything goes wrong:
// npm run test:faults -- --store sqlite|redis|redis-sentinel|postgres|postgres-standby [--minutes 10] [--seed n] [--only <kind of fault>]
//   [--freshness live|strict|mixed]: of the reads of four applications, each a process of its own
//   --late-heartbeats [--rate <reads a second>]: no other fault, and figures before, during and after; the rate is of each application
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Violation } from './history/operation.ts'
import { runCollapse } from './lease-collapse.ts'
import { runFaults } from './run.ts'
import { type StoreName, storeSites } from './stores/open-store-site.ts'

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const { values } = parseArgs({
  options: { store: text, minutes: text, seed: text, only: text, freshness: text, rate: text, 'late-heartbeats': flag, help: flag },
})
const store = values.store ?? ''
const minutes = Number(values.minutes ?? 1)
const seed = Number(values.seed ?? randomInt(2 ** 31))
const freshness = values.freshness ?? 'live'
const rate = Number(values.rate ?? 500)
const usage = `npm run test:faults -- --store ${Object.keys(storeSites).join('|')} [--minutes <number>] [--seed <whole number>]
  [--only <kind of fault>] [--freshness live|strict|mixed] [--late-heartbeats [--rate <reads a second>]]
`
if (values.help) {
  process.stdout.write(usage)
  process.exit(0)
}
if (!Object.hasOwn(storeSites, store) || !isFreshness(freshness) || !(minutes > 0) || !(rate > 0) || !Number.isSafeInteger(seed)) {
  process.stderr.write(`expected ${usage}`)
  process.exit(2)
}

// Asked to stop it still stops what it has started, and says what it has seen.
const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort())

const onLine = (line: string) => void process.stdout.write(`${line}\n`)
const figures = values['late-heartbeats']
  ? await runCollapse(store as StoreName, { seed, readsPerSecond: rate, lateMs: 5_000, onLine })
  : await runFaults(store as StoreName, {
      durationMs: minutes * 60_000,
      seed,
      only: values.only ?? '',
      processes: true,
      freshness,
      signal: stopping.signal,
      onLine,
    })
report(figures)
// By itself Node.js sometimes never ends here: it waits in a busy loop for a handle that was closed (seen with 24.21).
process.exit(figures.violations.length > 0 ? 1 : 0)

function report({ violations, ...rest }: { readonly violations: readonly Violation[] }): void {
  for (const { rule, session, what, operations } of violations.slice(0, 20)) {
    process.stdout.write(
      `\n${rule}: ${what} (session ${session.slice(0, 8)})\n${operations.map((each) => `  ${JSON.stringify(each)}\n`).join('')}`,
    )
  }
  process.stdout.write(`\n${JSON.stringify({ ...rest, violations: violations.length }, null, 2)}\n`)
}

function isFreshness(text: string): text is 'live' | 'strict' | 'mixed' {
  return ['live', 'strict', 'mixed'].includes(text)
}
