import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Operation } from '../../faults/history/operation.ts'
import { notLinearizable } from './strict-history.ts'

const asked = (startMs: number, endMs: number) => ({ process: 'p', session: 's', startMs, endMs })
const read = (startMs: number, endMs: number, version: number): Operation => ({
  ...asked(startMs, endMs),
  kind: 'read',
  promise: 'strict',
  found: { status: 'active', version, stamp: `w${version}` },
})
const ended = (startMs: number, endMs: number): Operation => ({
  ...asked(startMs, endMs),
  kind: 'read',
  promise: 'strict',
  found: { status: 'ended' },
})
const wrote = (startMs: number, endMs: number, version: number, status: 'ok' | 'unknown' = 'ok'): Operation => ({
  ...asked(startMs, endMs),
  kind: 'write',
  id: `w${version}`,
  basedOn: version - 1,
  outcome: status === 'ok' ? { status, version } : { status },
})
const end = (startMs: number, endMs: number, status: 'ok' | 'unknown' = 'ok'): Operation => ({
  ...asked(startMs, endMs),
  kind: 'end',
  outcome: { status },
})

describe('a history of strict operations', () => {
  it('is explained by an order in which each happens while it is under way', () => {
    expect(
      notLinearizable([wrote(0, 1, 1), wrote(2, 9, 2), read(3, 4, 1), read(5, 6, 2), end(7, 20), read(8, 9, 2), ended(10, 11)]),
    ).toEqual([])
    expect(notLinearizable([wrote(0, 1, 1), wrote(2, 3, 2, 'unknown'), read(50, 51, 2)])).toEqual([])
    expect(notLinearizable([wrote(0, 1, 1), wrote(2, 3, 2, 'unknown'), end(4, 5, 'unknown'), read(50, 51, 1)])).toEqual([])
  })

  it('has no order when a read goes back, misses an acknowledged write, or shows an ended session', () => {
    expect(notLinearizable([wrote(0, 1, 1), wrote(2, 9, 2), read(3, 4, 2), read(5, 6, 1)])).toEqual(['s'])
    expect(notLinearizable([wrote(0, 1, 1), wrote(2, 3, 2), read(4, 5, 1)])).toEqual(['s'])
    expect(notLinearizable([wrote(0, 1, 1), end(2, 3), read(4, 5, 1)])).toEqual(['s'])
    expect(notLinearizable([wrote(0, 1, 1), ended(2, 3)])).toEqual(['s'])
  })

  it('has an order whenever one thing in one place gave the answers, and none when one of them was older', () => {
    const steps = fc.array(fc.record({ isWrite: fc.boolean(), early: fc.nat({ max: 25 }), late: fc.nat({ max: 25 }) }), { maxLength: 30 })
    fc.assert(
      fc.property(steps, (all) => {
        let version = 1
        const history: Operation[] = [wrote(-9, -8, 1)]
        for (const [at, { isWrite, early, late }] of all.entries()) {
          if (isWrite) version += 1
          history.push((isWrite ? wrote : read)(at * 10 - early, at * 10 + late, version))
        }
        expect(notLinearizable(history)).toEqual([])
        fc.pre(version > 1)
        expect(notLinearizable([...history, read(1_000, 1_001, version - 1)])).toEqual(['s'])
      }),
    )
  })
})
