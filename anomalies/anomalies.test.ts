import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ownVerdictsOf } from './report/markdown.ts'
import { rows } from './rows.ts'
import { runRow } from './run.ts'

describe('anomalies', () => {
  it.concurrent.each(rows)('$id does not happen here: $title', async (row) => {
    const { cells } = await runRow(row, ['single-state'])
    expect(cells['single-state']?.verdict).toBe('holds')
  })

  it('are on their page as the suite has them', () => {
    const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'concepts', 'anomalies.md'), 'utf8')
    expect(ownVerdictsOf(page)).toEqual(Object.fromEntries(rows.map(({ id }) => [id, 'holds'])))
    for (const { what } of rows) expect(page).toContain(what)
  })
})
