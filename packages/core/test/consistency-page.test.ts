import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { codes } from '../src/errors.ts'

const page = new URL('../../../docs/concepts/consistency.md', import.meta.url)
const text = readFileSync(page, 'utf8')

/** The lines of the table, each as its four cells. */
const rows = text
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => {
    const [, rule, functions, tests, errors] = line.split('|').map((cell) => cell.trim())
    return {
      rule: Number(rule),
      functions: linksIn(functions),
      tests: linksIn(tests),
      errors: [...(errors ?? '').matchAll(/`(\w+)`/g)].map(([, code]) => code),
    }
  })

function linksIn(cell = ''): { readonly label: string; readonly file: string }[] {
  return [...cell.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, label, path]) => ({
    label: (label as string).replaceAll('`', ''),
    file: fileURLToPath(new URL(path as string, page)),
  }))
}

/** What a table cites, one line for each, so that a failure names it. */
const cited = (kind: 'functions' | 'tests') => rows.flatMap((row) => row[kind].map(({ label, file }) => ({ rule: row.rule, label, file })))

describe('the page of the consistency rules', () => {
  it('states each of the thirteen rules once, and has a line for each', () => {
    const thirteen = Array.from({ length: 13 }, (_, index) => index + 1)
    expect([...text.matchAll(/^(\d+)\. \*\*/gm)].map(([, rule]) => Number(rule))).toEqual(thirteen)
    expect(rows.map(({ rule }) => rule)).toEqual(thirteen)
  })

  it.each(cited('functions'))('rule $rule: finds $label where it says', ({ label, file }) => {
    expect(existsSync(file)).toBe(true)
    expect(new RegExp(`^export (async )?(function|interface|const) ${label}\\b`, 'm').test(readFileSync(file, 'utf8'))).toBe(true)
  })

  it.each(cited('tests'))('rule $rule: finds the test "$label" where it says', ({ rule, file }) => {
    expect(existsSync(file)).toBe(true)
    // The suite that stores share names what it promises, not the rules.
    if (file.includes('/core/')) expect(readFileSync(file, 'utf8').includes(`rule ${rule}: `)).toBe(true)
  })

  it.each(rows)('rule $rule: names a function, a test, and only codes that exist', ({ functions, tests, errors }) => {
    expect(functions.length).toBeGreaterThan(0)
    expect(tests.length).toBeGreaterThan(0)
    expect(errors.filter((code) => !Object.hasOwn(codes, code as string))).toEqual([])
  })
})
