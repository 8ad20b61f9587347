import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyAssurance, assuranceLeewayMs, meetsAssurance } from './assurance.ts'

const nowMs = 1_763_719_200_000
const person = { acr: 'mfa', authenticatedAtMs: nowMs - 60_000 }
const meets = (asked: object, who: object = {}) => meetsAssurance({ ...person, ...who }, { ...anyAssurance, ...asked }, nowMs)

describe('the assurance of an authentication', () => {
  it('is enough where nothing is asked', () => {
    expect(meets({})).toBe(true)
    expect(meets({}, { acr: null })).toBe(true)
  })

  it('has a class that is one of those asked for, letter by letter', () => {
    expect(meets({ acrValues: ['hardware', 'mfa'] })).toBe(true)
    for (const acr of ['pwd', 'MFA', 'mf', 'mfa ', '', null]) expect(meets({ acrValues: ['hardware', 'mfa'] }, { acr })).toBe(false)
  })

  it('is as recent as asked, to the millisecond beyond the leeway of clocks', () => {
    const authenticated = (agoMs: number) => meets({ maxAgeS: 60 }, { authenticatedAtMs: nowMs - agoMs })
    expect(authenticated(60_000 + assuranceLeewayMs)).toBe(true)
    expect(authenticated(60_000 + assuranceLeewayMs + 1)).toBe(false)
    expect(authenticated(-1_000)).toBe(true)
  })

  it('asks for both where both are asked for', () => {
    expect(meets({ acrValues: ['mfa'], maxAgeS: 60 })).toBe(true)
    expect(meets({ acrValues: ['mfa'], maxAgeS: 10 })).toBe(false)
    expect(meets({ acrValues: ['hardware'], maxAgeS: 60 })).toBe(false)
  })

  it('is never enough where its time is not known', () => {
    expect(meets({ maxAgeS: 60 }, { authenticatedAtMs: Number.NaN })).toBe(false)
  })

  it('never gets better with time', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e9), fc.nat(1e6), (firstMs, laterMs, maxAgeS) => {
        const at = (afterMs: number) => meetsAssurance(person, { ...anyAssurance, maxAgeS }, nowMs + afterMs)
        if (!at(firstMs)) expect(at(firstMs + laterMs)).toBe(false)
      }),
    )
  })
})
