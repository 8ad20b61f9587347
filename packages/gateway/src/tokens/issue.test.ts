import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tokenTimes } from './issue.ts'

describe('the times of a token', () => {
  it('are whole seconds of a life of 1 s to 5 min that never ends after the session', () => {
    const life = fc.record({
      nowMs: fc.integer({ min: 1_000, max: 4e12 }),
      tokenMs: fc.integer({ min: 1_000, max: 300_000 }),
      leftMs: fc.integer({ min: 1, max: 86_400_000 }),
    })
    fc.assert(
      fc.property(life, ({ nowMs, tokenMs, leftMs }) => {
        const { iat, exp } = tokenTimes(nowMs, tokenMs, nowMs + leftMs)
        expect(Number.isInteger(iat) && Number.isInteger(exp)).toBe(true)
        expect(exp * 1_000).toBeLessThanOrEqual(nowMs + leftMs)
        expect(exp - iat).toBeGreaterThanOrEqual(1)
        expect(exp - iat).toBeLessThanOrEqual(300)
        expect(iat * 1_000).toBeLessThanOrEqual(nowMs)
      }),
    )
  })

  it('are the life of the contract while the session lasts longer', () => {
    expect(tokenTimes(10_250, 300_000, 1e9)).toEqual({ iat: 10, exp: 310 })
  })
})
