import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ageMs, boundedBy, isWithin } from './freshness.ts'

const time = fc.integer({ min: 0, max: 100_000 })

describe('isWithin', () => {
  it('rule 7: serves a snapshot up to its bound and not a millisecond longer', () => {
    expect(isWithin(1_000, 500, 1_500)).toBe(true)
    expect(isWithin(1_000, 500, 1_501)).toBe(false)
  })

  it('rule 7: serves nothing under a bound of zero, not even what was confirmed this instant', () => {
    expect(isWithin(1_000, 0, 1_000)).toBe(false)
    expect(isWithin(1_000, -1, 1_000)).toBe(false)
  })

  it('rule 7: serves nothing whose age it cannot know', () => {
    expect(isWithin(1_001, 500, 1_000)).toBe(false)
    expect(isWithin(Number.NaN, 500, 1_000)).toBe(false)
    expect(isWithin(1_000, Number.NaN, 1_000)).toBe(false)
    expect(isWithin(1_000, 500, Number.NaN)).toBe(false)
  })

  it('rule 7: once a snapshot is too old it stays so', () => {
    fc.assert(
      fc.property(time, time, time, time, (confirmedAtMs, boundMs, laterMs, stillLaterMs) => {
        const now = confirmedAtMs + laterMs
        if (!isWithin(confirmedAtMs, boundMs, now)) expect(isWithin(confirmedAtMs, boundMs, now + stillLaterMs)).toBe(false)
      }),
    )
  })

  it('rule 7: never serves what is older than its bound', () => {
    fc.assert(
      fc.property(time, time, time, (confirmedAtMs, boundMs, now) => {
        expect(isWithin(confirmedAtMs, boundMs, now) && now - confirmedAtMs > boundMs).toBe(false)
      }),
    )
  })
})

describe('boundedBy', () => {
  it('rule 7: never exceeds what the contract allows, nor what was asked for', () => {
    fc.assert(
      fc.property(time, time, (requested, ceiling) => {
        const bound = boundedBy(requested, ceiling)
        expect(bound <= requested && bound <= ceiling).toBe(true)
        expect([requested, ceiling]).toContain(bound)
      }),
    )
  })

  it('rule 7: allows no staleness where the contract allows none', () => {
    expect(boundedBy(30_000, 0)).toBe(0)
  })
})

describe('ageMs', () => {
  it('rule 7: counts from when the confirming request was sent', () => {
    expect(ageMs(1_000, 1_250)).toBe(250)
  })

  it('is never negative', () => {
    expect(ageMs(1_000, 900)).toBe(0)
  })
})
