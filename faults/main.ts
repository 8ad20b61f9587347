// Real gateways on a real store, behind a real load balancer, while everything goes wrong:
// npm run test:faults -- --store sqlite|redis|redis-sentinel|postgres [--minutes 10] [--seed n] [--only <kind of fault>]
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { type FaultRunFigures, runFaults } from './run.ts'
import { type StoreName, storeSites } from './stores/open-store-site.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { store: text, minutes: text, seed: text, only: text } })
const store = values.store ?? ''
const minutes = Number(values.minutes ?? 1)
const seed = Number(values.seed ?? randomInt(2 ** 31))
if (!Object.hasOwn(storeSites, store) || !(minutes > 0) || !Number.isSafeInteger(seed)) {
  process.stderr.write(
    `expected --store ${Object.keys(storeSites).join('|')} [--minutes <number>] [--seed <whole number>] [--only <kind of fault>]\n`,
  )
  process.exit(2)
}

// Asked to stop it still stops what it has started, and says what it has seen.
const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort())

const figures = await runFaults(store as StoreName, {
  durationMs: minutes * 60_000,
  seed,
  only: values.only ?? '',
  signal: stopping.signal,
  onLine: (line) => process.stdout.write(`${line}\n`),
})
report(figures)
process.exitCode = figures.violations.length > 0 ? 1 : 0

function report({ violations, ...rest }: FaultRunFigures): void {
  for (const { rule, session, what, operations } of violations.slice(0, 20)) {
    process.stdout.write(
      `\n${rule}: ${what} (session ${session.slice(0, 8)})\n${operations.map((each) => `  ${JSON.stringify(each)}\n`).join('')}`,
    )
  }
  process.stdout.write(`\n${JSON.stringify({ ...rest, violations: violations.length }, null, 2)}\n`)
}
