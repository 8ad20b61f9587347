import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { catchOne } from './mutants/catch-all.ts'
import { type Mutant, mutants } from './mutants/mutants.ts'
import { runSeed, type SeedRun } from './run-seed.ts'
import { failureText, reportOf } from './seed-report.ts'
import { kindOf, simulate } from './simulate.ts'
import { startSeedWorkers } from './workers/seed-workers.ts'

describe('the lease protocol in virtual time', () => {
  it('keeps every rule in the worlds of 100 seeds', { timeout: 600_000 }, async () => {
    const failures: string[] = []
    const workers = startSeedWorkers(2)
    const figures = await simulate({
      ...{ run: workers.run, from: 1, seeds: 100, atOnce: 2 },
      onSeed: ({ failure }) => void failures.push(...failure),
    }).finally(workers.close)
    expect(failures).toEqual([])
    expect(figures.seeds).toBe(100)
    // A run in which nobody reads from memory, or writes, would show nothing.
    expect(figures.local).toBeGreaterThan(figures.reads / 4)
    expect(figures.acknowledged).toBeGreaterThan(figures.seeds)
  })

  it.each(['single', 'pair'] as const)('comes to the same history again with the same seed, on a %s store', async (kind) => {
    const { history, violations } = await runSeed(7, kind)
    expect(await runSeed(7, kind)).toMatchObject({ history, violations })
    expect((await runSeed(8, kind)).history).not.toEqual(history)
  })

  it('comes to the same in a process of its own, where a seed that failed is run again', async () => {
    const workers = startSeedWorkers(1)
    const report = await workers.run(7, 'pair').finally(workers.close)
    expect(report).toEqual(reportOf(await runSeed(7, 'pair')))
  })

  it('says of a seed that failed how it is run again', () => {
    const run: SeedRun = { seed: 5, kind: kindOf(5), history: [], violations: [], unordered: ['s1'] }
    expect(failureText(run)).toEqual([
      'seed 5: npm run simulate -- --store single --from 5 --seeds 1',
      'no order explains the strict operations on session s1',
    ])
    expect(failureText({ ...run, unordered: [] })).toEqual([])
  })
})

describe('the mutants of the protocol', () => {
  it.each(Object.entries<Mutant>(mutants))('%s breaks lines that are there', (_, { file, lines }) => {
    const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
    for (const [found, instead] of lines) expect([text.split(found).length, found === instead]).toEqual([2, false])
  })

  it('are on the page about the simulation, with what is wrong with each', () => {
    const page = readFileSync(new URL('../docs/concepts/simulation.md', import.meta.url), 'utf8')
    const rows = page.split('\n').flatMap((line) => /^\| `(.+?)` \| (.+?) \|/.exec(line)?.slice(1).join(': ') ?? [])
    expect(rows.sort()).toEqual(
      Object.entries<Mutant>(mutants)
        .map(([name, { what }]) => `${name}: ${what}`)
        .sort(),
    )
  })

  it.each(['end-without-wait', 'commit-without-replicas'] as const)('%s is caught', { timeout: 120_000 }, async (name) => {
    expect(await catchOne(name, 1, 40)).toMatchObject({ seed: expect.any(Number), said: expect.stringMatching(/^[a-z-]+: /) })
  })
})
