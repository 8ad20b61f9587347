import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { commands } from '../src/commands/run-command.ts'
import { operations } from '../src/routes/operations.ts'
import { createMetrics } from '../src/telemetry/metrics.ts'

// What the guide for operators names is there.

const guide = readFileSync(new URL('../../../docs/guides/run-the-gateway.md', import.meta.url), 'utf8')

describe('the guide to running the gateway', () => {
  it('names metrics that the gateway has', async () => {
    const { text } = await createMetrics().expose()
    const named = new Set(guide.match(/\bsingle_state_[a-z_]+/g))
    expect(named.size).toBeGreaterThan(4)
    for (const metric of named) expect(text).toContain(`# HELP ${metric.replace(/_count$/, '')} `)
  })

  it.each([...new Set(guide.match(/(?<=single-state )[a-z-]+(?: (?:create|rotate|check|verify|tail))?(?=[ `\n])/g))])(
    'names a command that there is: %s',
    (name) => expect(commands.map((command) => command.name)).toContain(name),
  )

  it('names options that a command has', () => {
    const options = new Set(commands.flatMap((command) => Object.keys(command.options)))
    const named = [...guide.matchAll(/(?<=[ `])--([a-z][a-z-]+)/g)].map(([, option]) => option as string)
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((option) => !options.has(option))).toEqual([])
  })

  it('names addresses that the gateway answers at', () => {
    const paths = Object.values(operations).map(({ path }) => path as string)
    for (const [, path] of guide.matchAll(/`(\/[a-z]+z|\/metrics)`/g)) expect(paths).toContain(path)
  })
})
