import { describe, expect, it } from 'vitest'
import type { AdapterFixture } from './fixture.ts'
import { checkNotApplicable, type Group, runGroup, type TestRunner } from './suite.ts'

const group: Group = (holds) => {
  holds('does one thing', async () => undefined)
  holds('does another', async () => undefined)
}
const start: AdapterFixture['start'] = () => ({ fetch: async () => new Response(), close: async () => undefined })

function titles(fixture: Partial<AdapterFixture>): { run: string[]; skipped: string[] } {
  const seen = { run: [] as string[], skipped: [] as string[] }
  const note = Object.assign((title: string) => seen.run.push(title), { skip: (title: string) => seen.skipped.push(title) })
  const runner: TestRunner = { describe: (_title, body) => body(), it: note }
  runGroup(runner, { name: 'mine', start, ...fixture }, 'things', group)
  return seen
}

describe('what does not apply to a fixture', () => {
  it('is nothing, where the fixture names nothing', () => {
    expect(titles({})).toEqual({ run: ['does one thing', 'does another'], skipped: [] })
  })

  it('is reported as skipped with its reason, one behaviour or a whole group', () => {
    expect(titles({ notApplicable: { 'does another': 'it has no hands' } })).toEqual({
      run: ['does one thing'],
      skipped: ['does another (does not apply: it has no hands)'],
    })
    expect(titles({ notApplicable: { things: 'it has none' } })).toMatchObject({ run: [], skipped: { length: 2 } })
  })

  it('must exist: a name that no behaviour has is a mistake', () => {
    const check = (notApplicable: Record<string, string>) => () =>
      checkNotApplicable({ name: 'mine', start, notApplicable }, { things: group })
    expect(check({ 'does one thing': 'x', things: 'y' })).not.toThrow()
    expect(check({ 'does some thing': 'x' })).toThrow("notApplicable of mine: expected behaviours or groups, found 'does some thing'")
  })
})
