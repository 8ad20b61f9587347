import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { remainingMs, shownSignals, visibleSignals } from './signals.ts'

const time = fc.integer({ min: 0, max: 10_000 })
const signals = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.record({ expiresAtMs: time, value: fc.nat() }))

describe('remainingMs', () => {
  it('rule 2: counts down to zero and no further, in whole milliseconds', () => {
    expect(remainingMs(1_000, 400)).toBe(600)
    expect(remainingMs(1_000, 1_000)).toBe(0)
    expect(remainingMs(1_000, 1_001)).toBe(0)
    expect(remainingMs(1_000.9, 400)).toBe(600)
  })
})

describe('visibleSignals', () => {
  it('rule 2: hides a signal that has run out, and removes none', () => {
    const published = { a: { expiresAtMs: 500 }, b: { expiresAtMs: 501 } }
    expect(Object.keys(visibleSignals(published, 500))).toEqual(['b'])
    expect(Object.keys(published)).toEqual(['a', 'b'])
  })

  it('rule 2: shows exactly those that have time left, as they are', () => {
    fc.assert(
      fc.property(signals, time, (published, nowMs) => {
        const visible = visibleSignals(published, nowMs)
        for (const [name, signal] of Object.entries(published)) expect(Object.hasOwn(visible, name)).toBe(signal.expiresAtMs > nowMs)
        for (const [name, signal] of Object.entries(visible))
          expect(signal).toBe(Object.entries(published).find(([own]) => own === name)?.[1])
      }),
    )
  })

  it('rule 2: never shows a signal again that it has hidden', () => {
    fc.assert(
      fc.property(signals, time, time, (published, nowMs, laterMs) => {
        const now = Object.keys(visibleSignals(published, nowMs))
        expect(now).toEqual(expect.arrayContaining(Object.keys(visibleSignals(published, nowMs + laterMs))))
      }),
    )
  })
})

describe('shownSignals', () => {
  it('rule 11: shows none with a snapshot that stands in for an unreachable gateway', () => {
    fc.assert(
      fc.property(signals, time, (published, nowMs) => {
        expect(shownSignals('outage-grace', published, nowMs)).toEqual({})
      }),
    )
  })

  it.each(['gateway', 'lease', 'snapshot'] as const)('shows those that have time left with one from %s', (source) => {
    const published = { a: { expiresAtMs: 500 }, b: { expiresAtMs: 501 } }
    expect(shownSignals(source, published, 500)).toEqual({ b: { expiresAtMs: 501 } })
  })
})
