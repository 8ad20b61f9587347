import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

// docs/reference/security.md against the tests that it names, and against the requirements that it must not leave out.

const repository = new URL('../../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, repository), 'utf8')
const page = read('docs/reference/security.md')

interface Row {
  readonly id: string
  readonly state: string
  readonly tests: readonly { readonly title: string; readonly file: string }[]
}

const rows: readonly Row[] = [...page.matchAll(/^\| (\d+\.\d+\.\d+) \[([123])\] \| [^|]+ \| \*\*(\w+)\.\*\* [^|]+ \|(.*)\|$/gm)].map(
  ([, id = '', , state = '', cited = '']) => ({
    id,
    state,
    tests: [...cited.matchAll(/\[([^\]]+)\]\(\.\.\/\.\.\/([^)]+\.test\.ts)\)/g)].map(([, title = '', file = '']) => ({ title, file })),
  }),
)

/** ASVS 5.0, chapters V7 and V9, levels 1 and 2. */
const wanted = [
  ...['7.1.1', '7.1.2', '7.1.3', '7.2.1', '7.2.2', '7.2.3', '7.2.4', '7.3.1', '7.3.2', '7.4.1', '7.4.2', '7.4.3', '7.4.4', '7.4.5'],
  ...['7.5.1', '7.5.2', '7.6.1', '7.6.2', '9.1.1', '9.1.2', '9.1.3', '9.2.1', '9.2.2', '9.2.3', '9.2.4'],
]

describe('the page about security', () => {
  it('has every requirement of the chapters about sessions and tokens, and each once', () => {
    const ids = rows.map(({ id }) => id)
    expect(wanted.filter((id) => !ids.includes(id))).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
    // A row that is not read here would be checked by nobody.
    expect(ids).toHaveLength(page.match(/^\| \d/gm)?.length ?? 0)
  })

  it('names a test wherever it says that something is met', () => {
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['Met', 'Partly', 'Application', 'Deployer']))
    expect(rows.filter(({ state, tests }) => state === 'Met' && tests.length === 0)).toEqual([])
  })

  it('counts them as they are', () => {
    const of = (wantedState: string) => rows.filter(({ state }) => state === wantedState).length
    expect(page).toContain(
      `Of ${rows.length} requirements ${of('Met')} are met and ${of('Partly')} partly; ${of('Application')} are the application’s and ${of('Deployer')} the deployer’s.`,
    )
  })

  const cited = [...new Map(rows.flatMap(({ tests }) => tests).map((test) => [`${test.file} ${test.title}`, test])).values()]

  it.each(cited)('names a test that is there: $file, $title', ({ title, file }) => {
    expect(existsSync(new URL(file, repository))).toBe(true)
    expect(titlesIn(read(file))).toContain(title)
  })
})

/** Texts that a test file gives as the first argument of a call, as they are read. */
function titlesIn(source: string): string[] {
  return [...source.matchAll(/\(\s*(['"`])((?:\\.|(?!\1)[^\\\n])+)\1,/g)].map(([, , text = '']) => text.replaceAll(/\\(['"`])/g, '$1'))
}
