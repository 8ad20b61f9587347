// Measures: npm run bench -- [suite] [options]. Everything is started here, on free ports, and stopped at the end.
import { parseArgs } from 'node:util'
import { benchCommits } from './commits/bench-commits.ts'
import { benchGrowth } from './growth/bench-growth.ts'
import { benchLatency } from './latency/bench-latency.ts'
import { benchMemory } from './memory/bench-memory.ts'
import { benchReads } from './reads/bench-reads.ts'

const help = `npm run bench -- <suite> [options]

  reads      what a read of the session costs, side by side with what people use today
  commits    a commit through the gateway, over the store's own commit called directly; Redis and PostgreSQL
  growth     a read and a commit as the sessions in the store grow, and those of one person
  latency    writes and revokes until they are stored, and until they hold everywhere; by applications and sessions
  memory     heap of an application for each session that it holds

  --rounds N        rounds per variant and number of connections (default 5)
  --seconds N       length of one round (default 5)
  --only TEXT       variants whose name contains it
  --framework NAME  express or hono (default both)
  --sessions N      growth, latency: most sessions in the store (default 1000000)
  --json FILE       every figure, for programs
  --chart FILE      the ratios as an SVG picture

Needs Linux and, by suite, wrk, redis-server and PostgreSQL. Ratios are taken within one round; a busy machine widens their spread, which is printed.
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    sessions: { type: 'string', default: '1000000' },
    only: { type: 'string', default: '' },
    framework: { type: 'string' },
    json: { type: 'string' },
    chart: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const suites = { reads: benchReads, commits: benchCommits, growth: benchGrowth, latency: benchLatency, memory: benchMemory }
const [suite = 'reads'] = positionals
if (values.help || !Object.hasOwn(suites, suite)) {
  process.stdout.write(help)
  process.exitCode = values.help ? 0 : 2
} else {
  const { rounds, seconds, sessions, ...rest } = values
  await suites[suite as keyof typeof suites]({ ...rest, rounds: Number(rounds), seconds: Number(seconds), sessions: Number(sessions) })
}
