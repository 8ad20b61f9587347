// Sends a gateway nearly right requests: node packages/gateway/test/fuzz.ts [--requests 1000000] [--seed n]
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { runFuzz } from './fuzz/run-fuzz.ts'

const { values } = parseArgs({ options: { requests: { type: 'string', default: '100000' }, seed: { type: 'string' } } })
const requests = Number(values.requests)
const seed = Number(values.seed ?? randomInt(2 ** 32))
process.stdout.write(`${requests} requests, seed ${seed}\n`)
const startedAt = performance.now()
const figures = await runFuzz({ requests, seed, onRound: (line) => process.stdout.write(`${line}\n`) })
const seconds = (performance.now() - startedAt) / 1_000
process.stdout.write(
  `${JSON.stringify(figures, null, 2)}\nin ${Math.round(seconds)} s, ${Math.round(figures.requests / seconds)} a second: no fault\n`,
)
