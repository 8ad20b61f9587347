import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextSignsFromMs, publishedKeys, publishMs, type ScheduledKey, signingKey, standingOfKey, verifyMsOf } from './key-schedule.ts'

const verifyMs = verifyMsOf(1_800_000)
const key = (kid: string, signsFromMs: number): ScheduledKey => ({ kid, signsFromMs })
const kidsOf = (keys: readonly ScheduledKey[]) => keys.map(({ kid }) => kid)

describe('the schedule of signing keys', () => {
  const keys = [key('a', 0), key('b', publishMs)]

  it('publishes a key one cache life of applications before it signs', () => {
    expect(publishMs).toBeGreaterThan(300_000)
    expect(kidsOf(publishedKeys(keys, 0, verifyMs))).toEqual(['a', 'b'])
    expect(signingKey(keys, publishMs - 1).kid).toBe('a')
    expect(signingKey(keys, publishMs).kid).toBe('b')
  })

  it('lets a replaced key verify until the last session that it signed a token for has ended for lack of use', () => {
    expect(kidsOf(publishedKeys(keys, publishMs + 1_800_000, verifyMs))).toEqual(['a', 'b'])
    expect(kidsOf(publishedKeys(keys, publishMs + verifyMs - 1, verifyMs))).toEqual(['a', 'b'])
    expect(kidsOf(publishedKeys(keys, publishMs + verifyMs, verifyMs))).toEqual(['b'])
  })

  it('says where each key stands', () => {
    const at = (nowMs: number) => keys.map((_, index) => standingOfKey(keys, index, nowMs, verifyMs))
    expect(at(1)).toEqual([
      { state: 'signing', verifiesUntilMs: publishMs + verifyMs },
      { state: 'waiting', verifiesUntilMs: null },
    ])
    expect(at(publishMs).map(({ state }) => state)).toEqual(['verifying', 'signing'])
  })

  it('signs with the oldest where a clock was set back before all of them', () => {
    expect(signingKey([key('a', 10), key('b', 20)], 5).kid).toBe('a')
  })

  it('never signs with a key that is not published, nor with one that was not for a cache life, however often it is rotated', () => {
    const steps = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 4_000_000 }), rotates: fc.boolean() }), { maxLength: 30 })
    fc.assert(
      fc.property(steps, (history) => {
        let nowMs = 1_000
        let held: readonly (ScheduledKey & { readonly publishedMs: number })[] = [{ ...key('first', nowMs), publishedMs: 0 }]
        const lastSigned = new Map<string, number>()
        for (const [at, { afterMs, rotates }] of history.entries()) {
          nowMs += afterMs
          const published = publishedKeys(held, nowMs, verifyMs)
          const signing = signingKey(held, nowMs)
          expect(published).toContain(signing)
          if (signing.kid !== 'first') expect(nowMs - signing.publishedMs).toBeGreaterThanOrEqual(publishMs)
          for (const [kid, signedMs] of lastSigned) if (nowMs < signedMs + 1_800_000) expect(kidsOf(published)).toContain(kid)
          lastSigned.set(signing.kid, nowMs)
          if (rotates) held = [...published, { ...key(`k${at}`, nextSignsFromMs(held, nowMs)), publishedMs: nowMs }]
        }
      }),
    )
  })
})
