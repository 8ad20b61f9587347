import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { command, withLimits } from './limits-section.ts'
import { noLimits } from './no-limits.ts'

// The code against the table of limits, and the table against the page.

const packages = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string) => readFileSync(`${packages}${path}`, 'utf8')

describe('the table of limits', () => {
  const numbers = globSync('{core,gateway,express,hono,next}/src/**/*.ts', { cwd: packages })
    .filter((file) => !/\.test(-d)?\.ts$|\/fixtures\/|\/store-contract\//.test(file))
    .flatMap((file) => numbersIn(read(file)).map((name) => `${file}#${name}`))
  const excepted = Object.values(noLimits).flat()

  it('has every number of the code that has a name, but for the exceptions in no-limits.ts', () => {
    const known = new Set([...namesInTable(), ...excepted])
    expect(numbers.length).toBeGreaterThan(100)
    expect(numbers.filter((number) => !known.has(number))).toEqual([])
  })

  it('has no exception for a number that is gone, nor for one of its own', () => {
    const rows = namesInTable()
    expect(excepted.filter((number) => !numbers.includes(number) || rows.includes(number))).toEqual([])
  })
})

describe('the page of the configuration', () => {
  it('tells every limit as the code has it', () => {
    const page = read('../docs/reference/configuration.md')
    expect(page, `write the section anew: ${command}`).toBe(withLimits(page))
  })
})

/** Constants of a file that are a number or hold some; and bounds of a schema that are one without a name, as `.max(64)`. */
function numbersIn(source: string): string[] {
  const constants = [...source.matchAll(/^(?:export )?const (\w+)(?:: [^=]+)? = (\d.*|\{.*\}|\{\n(?: .*\n)+\})/gm)]
  const numbers = constants.filter(([, , value = '']) => /^\d|: \d[\d_]/.test(value))
  return [...numbers.map(([, name = '']) => name), ...(source.match(/\.max\([\d_]+\)/g) ?? [])]
}

/** What limits.ts takes from the sources, as `core/src/client/breaker.ts#failuresToOpen`. */
function namesInTable(): string[] {
  const table = read('gateway/test/limits.ts')
  const sources = table.matchAll(/^import \* as (\w+) from '(?:\.\.\/\.\.\/|\.\.)(.+)'$/gm)
  return [...sources].flatMap(([, alias, path = '']) =>
    [...table.matchAll(new RegExp(`\\b${alias}\\.(\\w+)`, 'g'))].map(([, name]) => `${path.replace(/^\//, 'gateway/')}#${name}`),
  )
}
