import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { runKillLoop } from './kill-loop/run-kill-loop.ts'

/** How often; `node packages/gateway/test/kill-loop.ts` does it a hundred times. */
const kills = 3
const seed = randomInt(2 ** 32)

describe('a gateway on sqlite that is killed with writes under way', () => {
  it(`has every acknowledged write, none twice, and a record for each version, after ${kills} kills (seed ${seed})`, {
    timeout: 90_000,
  }, async () => {
    const figures = await runKillLoop({ kills, seed, writers: 3 })
    expect(figures.kills).toBe(kills)
    expect(figures.acknowledged).toBeGreaterThan(0)
  })
})
