import { describe, expect, it } from 'vitest'
import { figuresMarkdown, pageWith } from './page.ts'

describe('pageWith', () => {
  it('replaces what stands between the marks, keeps the rest, and can be done again', () => {
    const page = 'before\n\n<!-- figures -->\n\nold\n\n<!-- end of figures -->\n\nafter\n'
    const once = pageWith(page, 'new')
    expect(once).toBe('before\n\n<!-- figures -->\n\nnew\n\n<!-- end of figures -->\n\nafter\n')
    expect(pageWith(once, 'new')).toBe(once)
  })

  it('refuses a page without marks', () => {
    expect(() => pageWith('a page', 'new')).toThrow(TypeError)
  })
})

describe('figuresMarkdown', () => {
  it('names the machine, and says of every goal that nobody measured that it was not', () => {
    const text = figuresMarkdown({ memory: { machine: 'a machine of a day', people: 2_000, bytes: 3_000 } }, 'chart.svg')
    expect(text).toContain('a machine of a day')
    expect(text).toContain('| heap for each session in memory | ≤ 3072 bytes | 3000 bytes | yes |')
    expect(text).toContain('| strict over the bare handler, Express, 64 connections | ≥ 0.9 | not measured |  |')
    expect(text).not.toContain('chart.svg')
  })
})
