import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idleEnd, isDueForExchange, tokenEnd } from './lifetime.ts'

const time = fc.integer({ min: 0, max: 1_000_000 })

describe('idleEnd', () => {
  it('rule 10: runs from the use that was recorded', () => {
    expect(idleEnd(1_000, 500, 9_999)).toBe(1_500)
  })

  it('rule 10: never comes after the absolute end, however late the session is used', () => {
    expect(idleEnd(1_000, 500, 1_200)).toBe(1_200)
    fc.assert(fc.property(time, time, time, (now, idle, absolute) => idleEnd(now, idle, absolute) <= absolute))
  })

  it('rule 10: only moves forward with later use', () => {
    fc.assert(
      fc.property(
        time,
        time,
        time,
        time,
        (now, later, idle, absolute) => idleEnd(now + later, idle, absolute) >= idleEnd(now, idle, absolute),
      ),
    )
  })
})

describe('tokenEnd', () => {
  it('rule 10: comes after the life of a token, and never after the end of its session', () => {
    expect(tokenEnd(1_000, 300, 9_999)).toBe(1_300)
    expect(tokenEnd(1_000, 300, 1_100)).toBe(1_100)
    fc.assert(fc.property(time, time, time, (now, life, absolute) => tokenEnd(now, life, absolute) <= absolute))
  })
})

describe('isDueForExchange', () => {
  it('is from half of the life of a token', () => {
    expect(isDueForExchange(1_000, 2_000, 1_499)).toBe(false)
    expect(isDueForExchange(1_000, 2_000, 1_500)).toBe(true)
    expect(isDueForExchange(1_000, 2_000, 2_001)).toBe(true)
  })
})
