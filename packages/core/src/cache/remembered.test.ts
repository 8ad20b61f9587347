import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRemembered } from './remembered.ts'

describe('what is remembered', () => {
  it('includes the names that were set last, each with its last value, and is bounded', () => {
    const story = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }).map(String), fc.integer({ min: 1, max: 9 })), { maxLength: 120 })
    fc.assert(
      fc.property(story, fc.integer({ min: 1, max: 6 }), (sets, least) => {
        const remembered = createRemembered<number>(least)
        const last = new Map<string, number>()
        for (const [name, value] of sets) {
          remembered.set(name, value)
          // The end of a `Map` is what was added last.
          last.delete(name)
          last.set(name, value)
        }
        const held = [...last].filter(([name]) => remembered.get(name) !== undefined)
        for (const [name, value] of held) expect(remembered.get(name)).toBe(value)
        expect(held).toEqual(expect.arrayContaining([...last].slice(-least)))
        expect(held.length).toBeLessThanOrEqual(least * 2)
      }),
    )
  })
})
