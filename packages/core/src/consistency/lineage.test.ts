import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { confirms, decideExchange, exchangeGraceMs, type Lineage } from './lineage.ts'

/** What a store does with an exchange that is not a reuse. */
function exchange(lineage: Lineage, shown: number, nowMs: number): Lineage | 'reused' {
  const decision = decideExchange(lineage, shown, nowMs)
  if (decision === 'reused') return 'reused'
  return decision === 'next' ? { generation: lineage.generation + 1, confirmedAtMs: null } : lineage
}

function show(lineage: Lineage, shown: number, nowMs: number): Lineage {
  return confirms(lineage, shown) ? { ...lineage, confirmedAtMs: nowMs } : lineage
}

describe('decideExchange', () => {
  const unconfirmed: Lineage = { generation: 5, confirmedAtMs: null }
  const confirmed: Lineage = { generation: 5, confirmedAtMs: 1_000 }

  it('makes the next generation for the newest token, confirmed or not', () => {
    expect(decideExchange(unconfirmed, 5, 0)).toBe('next')
    expect(decideExchange(confirmed, 5, 99_999)).toBe('next')
  })

  it('issues the newest generation again while nobody has shown it, however long that takes', () => {
    expect(decideExchange(unconfirmed, 4, 99_999_999)).toBe('same')
  })

  it('issues it again for 10 s after it was first shown, and no longer', () => {
    expect(decideExchange(confirmed, 4, 1_000 + exchangeGraceMs - 1)).toBe('same')
    expect(decideExchange(confirmed, 4, 1_000 + exchangeGraceMs)).toBe('reused')
  })

  it('rule 9: takes every other generation for a copy, older and newer', () => {
    for (const shown of [-1, 0, 1, 2, 3, 6, 7]) {
      expect(decideExchange(unconfirmed, shown, 0)).toBe('reused')
      expect(decideExchange(confirmed, shown, 1_000)).toBe('reused')
    }
  })

  it('never ends the session of a person whose answers get lost', () => {
    const step = fc.record({ kind: fc.constantFrom('show', 'exchange'), arrives: fc.boolean(), afterMs: fc.nat({ max: 60_000 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let lineage: Lineage = { generation: 1, confirmedAtMs: null }
        let held = 1
        let nowMs = 0
        for (const { kind, arrives, afterMs } of steps) {
          nowMs += afterMs
          const after: Lineage | 'reused' = kind === 'show' ? show(lineage, held, nowMs) : exchange(lineage, held, nowMs)
          if (after === 'reused') throw new Error(`generation ${held} of ${lineage.generation} was taken for a copy`)
          lineage = after
          if (kind === 'exchange' && arrives) held = lineage.generation
        }
      }),
    )
  })

  it('never ends the session for requests that run beside each other within the grace', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: exchangeGraceMs - 1 }), { minLength: 1 }), (afterMs) => {
        const moved = show(exchange(confirmed, 5, 2_000) as Lineage, 6, 3_000)
        expect(afterMs.map((after) => decideExchange(moved, 5, 3_000 + after))).toEqual(afterMs.map(() => 'same'))
      }),
    )
  })

  it('rule 9: finds a copied token out once its owner has moved on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat({ max: 100_000 }), (moves, waitMs) => {
        let lineage: Lineage = { generation: 1, confirmedAtMs: 0 }
        for (let move = 0; move < moves; move += 1)
          lineage = show(exchange(lineage, lineage.generation, move) as Lineage, lineage.generation + 1, move)
        const decision = decideExchange(lineage, 1, moves + exchangeGraceMs + waitMs)
        expect(decision).toBe('reused')
      }),
    )
  })
})

describe('confirms', () => {
  it('rule 10: is news once: the first time that the newest token is shown', () => {
    expect(confirms({ generation: 5, confirmedAtMs: null }, 5)).toBe(true)
    expect(confirms({ generation: 5, confirmedAtMs: 1_000 }, 5)).toBe(false)
    expect(confirms({ generation: 5, confirmedAtMs: null }, 4)).toBe(false)
    expect(confirms({ generation: 5, confirmedAtMs: 0 }, 5)).toBe(false)
  })
})
