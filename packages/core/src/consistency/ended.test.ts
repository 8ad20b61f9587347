import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EndReason, endReasonOf, outlivesCutoff } from './ended.ts'

const time = fc.integer({ min: 0, max: 1_000 })
const tombstone = fc.constantFrom<EndReason | null>(null, 'revoked', 'expired', 'invalid', 'reused')
const lifespan = fc.record({ ended: tombstone, expiresAtMs: time, idleAtMs: time })

describe('endReasonOf', () => {
  it('rule 10: ends a session for lack of use and at its absolute end, by the clock it is given', () => {
    const alive = { ended: null, expiresAtMs: 1_000, idleAtMs: 500 }
    expect(endReasonOf(alive, 499)).toBeNull()
    expect(endReasonOf(alive, 500)).toBe('expired')
    expect(endReasonOf({ ...alive, idleAtMs: 5_000 }, 999)).toBeNull()
    expect(endReasonOf({ ...alive, idleAtMs: 5_000 }, 1_000)).toBe('expired')
  })

  it('rule 9: gives the reason of the tombstone, before and after the session would have expired', () => {
    const revoked = { ended: 'revoked', expiresAtMs: 1_000, idleAtMs: 500 } as const
    expect(endReasonOf(revoked, 0)).toBe('revoked')
    expect(endReasonOf(revoked, 9_999)).toBe('revoked')
  })

  it('rule 9: what has ended stays ended, with the reason it had', () => {
    fc.assert(
      fc.property(lifespan, time, time, (span, nowMs, laterMs) => {
        const reason = endReasonOf(span, nowMs)
        if (reason !== null) expect(endReasonOf(span, nowMs + laterMs)).toBe(reason)
      }),
    )
  })

  it('rule 9: a tombstone ends a session whatever its times are', () => {
    fc.assert(
      fc.property(lifespan, time, (span, nowMs) => {
        if (span.ended !== null) expect(endReasonOf(span, nowMs)).toBe(span.ended)
      }),
    )
  })
})

describe('outlivesCutoff', () => {
  it('rule 9: a login that began before its subject was ended creates no session', () => {
    expect(outlivesCutoff(2, 3)).toBe(false)
  })

  it('rule 9: a login that began after the last ending does', () => {
    expect(outlivesCutoff(3, 3)).toBe(true)
    expect(outlivesCutoff(0, 0)).toBe(true)
  })

  it('rule 9: a login refused once is refused for good', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (endingsAtStart, cutoff, more) => {
        if (!outlivesCutoff(endingsAtStart, cutoff)) expect(outlivesCutoff(endingsAtStart, cutoff + more)).toBe(false)
      }),
    )
  })
})
