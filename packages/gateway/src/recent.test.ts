import { describe, expect, it } from 'vitest'
import { createRecent } from './recent.ts'

describe('createRecent', () => {
  it('lets go of what was asked for longest ago', () => {
    const recent = createRecent<{ readonly at: number }>(2)
    recent.set('a', { at: 1 })
    recent.set('b', { at: 2 })
    recent.get('a')
    recent.set('c', { at: 3 })
    expect(['a', 'b', 'c'].map((name) => recent.get(name)?.at)).toEqual([1, undefined, 3])
  })

  it('counts sizes, and keeps nothing that alone is too large', () => {
    const recent = createRecent<{ readonly text: string }>(10, ({ text }) => text.length)
    for (const text of ['abcde', 'fghijk', 'x'.repeat(11)]) recent.set(text, { text })
    expect([recent.get('abcde'), recent.get('fghijk')?.text, recent.get('x'.repeat(11))]).toEqual([undefined, 'fghijk', undefined])
  })
})
