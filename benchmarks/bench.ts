// Measures: npm run bench -- [suite] [options]. Everything is started here, on free ports, and stopped at the end.
import { parseArgs } from 'node:util'
import { benchCommits } from './commits/bench-commits.ts'
import { benchGrowth } from './growth/bench-growth.ts'
import { benchLatency } from './latency/bench-latency.ts'
import { benchLogout } from './logout/bench-logout.ts'
import { benchMemory } from './memory/bench-memory.ts'
import { benchReads } from './reads/bench-reads.ts'
import { benchReport } from './report/bench-report.ts'
import { benchSlowClients } from './slow-clients/bench-slow-clients.ts'

const help = `npm run bench -- <suite> [options]

  reads      what a read of the session costs, side by side with what people use today
  commits    a commit through the gateway, over the store's own commit called directly; Redis and PostgreSQL
  growth     a read and a commit as the sessions in the store grow, and those of one person
  latency    writes and revokes until they are stored, and until they hold everywhere; by applications and sessions
  memory     heap of an application for each session that it holds
  logout     from a sign-out at a real provider until every application is out, by back-channel logout
  slow-clients
             reads of an application without and with somebody who holds connections, headers and bodies

  report FOLDER
             writes what the other suites left in a folder (reads.json, commits.json, …) into the documentation

  --rounds N        rounds (default 5)
  --seconds N       length of one round (default 5; reads 2, which makes 20 minutes in all)
  --only TEXT       variants whose name contains it
  --framework NAME  express or hono (default both)
  --sessions N      growth, latency: most sessions in the store (default 1000000)
  --connections N   slow-clients: what the attacker holds (default 2000)
  --json FILE       every figure, for programs
  --chart FILE      reads, report: the ratios as an SVG picture (report: docs/concepts/performance-reads.svg)
  --markdown FILE   report: the page whose figures are replaced (default docs/concepts/performance.md)

Needs Linux and, by suite, wrk, redis-server and PostgreSQL. Ratios are taken within one round; a busy machine widens their spread, which is printed.
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string' },
    sessions: { type: 'string', default: '1000000' },
    connections: { type: 'string', default: '2000' },
    only: { type: 'string', default: '' },
    framework: { type: 'string' },
    json: { type: 'string' },
    chart: { type: 'string' },
    markdown: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const suites = {
  reads: benchReads,
  commits: benchCommits,
  growth: benchGrowth,
  latency: benchLatency,
  memory: benchMemory,
  logout: benchLogout,
  'slow-clients': benchSlowClients,
  report: benchReport,
}
const [suite = 'reads', folder] = positionals
if (values.help || !Object.hasOwn(suites, suite)) {
  process.stdout.write(help)
  process.exitCode = values.help ? 0 : 2
} else {
  const { rounds, seconds, sessions, connections, ...rest } = values
  const numbers = {
    rounds: wholeNumber('rounds', rounds),
    seconds: wholeNumber('seconds', seconds ?? (suite === 'reads' ? '2' : '5')),
    sessions: wholeNumber('sessions', sessions),
    connections: wholeNumber('connections', connections),
  }
  await suites[suite as keyof typeof suites]({ ...rest, ...numbers, folder })
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new TypeError(`--${option}: expected a whole number of 1 or more, found ${text}`)
  return Number(text)
}
