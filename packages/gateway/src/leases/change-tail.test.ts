import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keptChanges } from '../stores/change-log.ts'
import { type ChangeTail, changedSince, extended } from './change-tail.ts'

const changes = (seq: number, ids: readonly string[], epoch = 'e') => ({ kind: 'changes', epoch, seq, ids }) as const
const reset = (seq: number, epoch = 'e') => ({ kind: 'reset', epoch, seq }) as const

describe('the tail of the change log', () => {
  it('begins where the store begins to tell, and goes on from there', () => {
    const begun = extended(null, 0, reset(7))
    expect(begun).toEqual({ epoch: 'e', from: 7, seq: 7, ids: [] })
    const further = extended(extended(begun, 7, changes(9, ['a', 'b'])), 9, changes(10, ['a']))
    expect(further).toEqual({ epoch: 'e', from: 7, seq: 10, ids: ['a', 'b', 'a'] })
    expect(changedSince(further, 7, 'e')).toEqual(['a', 'b'])
    expect(changedSince(further, 9, 'e')).toEqual(['a'])
    expect(changedSince(further, 10, 'e')).toEqual([])
  })

  it('begins where an application stands, where the store can tell from there', () => {
    expect(extended(null, 3, changes(5, ['a', 'b']))).toEqual({ epoch: 'e', from: 3, seq: 5, ids: ['a', 'b'] })
  })

  it('cannot tell from before it, from the future, or of another epoch', () => {
    const tail = extended(null, 3, changes(5, ['a', 'b']))
    expect([changedSince(tail, 2, 'e'), changedSince(tail, 6, 'e'), changedSince(tail, 4, 'f'), changedSince(tail, 0, '')]).toEqual([
      null,
      null,
      null,
      null,
    ])
  })

  it('begins anew with a new epoch, and with an answer that does not name every change', () => {
    const tail = extended(null, 3, changes(5, ['a', 'b']))
    expect(extended(tail, 5, reset(6, 'f'))).toEqual({ epoch: 'f', from: 6, seq: 6, ids: [] })
    expect(extended(tail, 5, changes(8, ['a', 'b']))).toEqual({ epoch: 'e', from: 8, seq: 8, ids: [] })
  })

  it('is as long as the log of a store, and no longer', () => {
    const many = Array.from({ length: keptChanges }, (_, at) => `s${at}`)
    const tail = extended(extended(null, 0, changes(keptChanges, many)), keptChanges, changes(keptChanges + 1, ['new']))
    expect([tail.ids.length, tail.from]).toEqual([keptChanges, 1])
    expect(changedSince(tail, 0, 'e')).toBeNull()
    expect(changedSince(tail, keptChanges, 'e')).toEqual(['new'])
  })

  it('answers as the whole log would, however it was put together', () => {
    const id = fc.constantFrom('a', 'b', 'c')
    fc.assert(
      fc.property(fc.array(fc.array(id, { maxLength: 4 }), { maxLength: 12 }), fc.nat({ max: 50 }), (looks, since) => {
        const log: string[] = []
        let tail: ChangeTail | null = null
        for (const ids of looks) {
          const asked = log.length
          log.push(...ids)
          tail = extended(tail, asked, changes(log.length, ids))
        }
        if (tail === null) return
        expect(changedSince(tail, since, 'e')).toEqual(since > log.length ? null : [...new Set(log.slice(since))])
      }),
    )
  })
})
