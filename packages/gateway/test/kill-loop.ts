// Kills a gateway on sqlite with SIGKILL while writes are under way: node packages/gateway/test/kill-loop.ts [kills] [seed]
import { randomInt } from 'node:crypto'
import { runKillLoop } from './kill-loop/run-kill-loop.ts'

const [kills = 100, seed = randomInt(2 ** 32)] = process.argv.slice(2).map(Number)
process.stdout.write(`${kills} kills, seed ${seed}\n`)
const startedAt = performance.now()
const figures = await runKillLoop({ kills, seed, writers: 4, onRound: (line) => process.stdout.write(`${line}\n`) })
process.stdout.write(
  `${JSON.stringify(figures)}\nin ${Math.round((performance.now() - startedAt) / 1_000)} s: every acknowledged write was found again, none applied twice\n`,
)
