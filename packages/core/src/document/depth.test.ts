import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDeeperThan } from './depth.ts'

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0

describe('isDeeperThan', () => {
  it('counts arrays and objects within each other', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat({ max: 6 }), (value, levels) => {
        expect(isDeeperThan(value, levels)).toBe(depthOf(value) > levels)
      }),
    )
  })

  it('counts an empty array and an empty object like others', () => {
    expect([isDeeperThan(1, 0), isDeeperThan([], 0), isDeeperThan([], 1), isDeeperThan([{}], 1), isDeeperThan([{}], 2)]).toEqual([
      false,
      true,
      false,
      true,
      false,
    ])
  })

  it('answers for a value that would exhaust the stack', () => {
    expect(isDeeperThan(JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`), 32)).toBe(true)
  })
})
