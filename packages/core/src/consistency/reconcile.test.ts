import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reconcile } from './reconcile.ts'

const snapshot = fc.record({ version: fc.integer({ min: 1, max: 6 }), confirmedAtMs: fc.integer({ min: 0, max: 20 }) })
const arrivals = fc.array(snapshot, { minLength: 1, maxLength: 12 })
type Arrival = { version: number; confirmedAtMs: number }

const keepAll = (all: readonly Arrival[]) => all.reduce<Arrival | undefined>((held, arrived) => reconcile(held, arrived), undefined)

describe('reconcile', () => {
  it('rule 6: keeps the newer snapshot when an older one arrives late', () => {
    const newer = { version: 8, confirmedAtMs: 100 }
    expect(reconcile(newer, { version: 7, confirmedAtMs: 900 })).toBe(newer)
  })

  it('rule 6: takes a newer version although it was confirmed earlier', () => {
    const newer = { version: 8, confirmedAtMs: 100 }
    expect(reconcile({ version: 7, confirmedAtMs: 900 }, newer)).toBe(newer)
  })

  it('rule 7: of one version keeps the one that was confirmed later', () => {
    const later = { version: 8, confirmedAtMs: 200 }
    expect(reconcile(later, { version: 8, confirmedAtMs: 100 })).toBe(later)
    expect(reconcile({ version: 8, confirmedAtMs: 100 }, later)).toBe(later)
  })

  it('rule 6: never lets the version go down, in whatever order answers arrive', () => {
    fc.assert(
      fc.property(arrivals, (all) => {
        let held: Arrival | undefined
        for (const arrived of all) {
          const kept = reconcile(held, arrived)
          expect(kept.version).toBeGreaterThanOrEqual(held?.version ?? 0)
          held = kept
        }
        expect(held?.version).toBe(Math.max(...all.map(({ version }) => version)))
      }),
    )
  })

  it('rule 6: ends with the same snapshot for every order of arrival', () => {
    const shuffled = arrivals.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
    fc.assert(
      fc.property(shuffled, ([all, reordered]) => {
        expect(keepAll(reordered)).toEqual(keepAll(all))
      }),
    )
  })
})
