import { describe, expect, it } from 'vitest'
import { covers, keptChanges, logStart } from './change-log.ts'

describe('the change log', () => {
  it('is complete from its start until it is full, then from 10,000 changes back', () => {
    expect([0, 1, keptChanges, keptChanges + 1].map(logStart)).toEqual([0, 0, 0, 1])
  })

  it('covers what lies between its start and its end in its own epoch', () => {
    const log = { epoch: 'e', seq: keptChanges + 5 }
    expect([4, 5, log.seq, log.seq + 1].map((since) => covers(log, since, 'e'))).toEqual([false, true, true, false])
    expect(covers(log, log.seq, 'f')).toBe(false)
    expect(covers({ epoch: 'e', seq: 0 }, 0, 'e')).toBe(true)
    expect(covers({ epoch: 'e', seq: 0 }, Number.NaN, 'e')).toBe(false)
  })
})
