import { describe, expect, it } from 'vitest'
import { manualTimers } from '../fixtures/manual-timers.ts'
import { createThrottle } from './throttle.ts'

function throttled(callsPerTurn: number) {
  const { timers, pass } = manualTimers()
  const inTurns = createThrottle({ callsPerTurn, everyMs: 10 }, timers.after)
  const made: number[] = []
  return { made, pass, call: (name: number) => inTurns(() => made.push(name)) }
}

describe('throttled calls', () => {
  it('are made at once while there are few of them', () => {
    const { made, call } = throttled(2)
    call(1)
    call(2)
    expect(made).toEqual([1, 2])
  })

  it('beyond that are made in the turns after, in their order', async () => {
    const { made, call, pass } = throttled(2)
    for (let name = 1; name <= 5; name += 1) call(name)
    expect(made).toEqual([1, 2])
    await pass(10)
    expect(made).toEqual([1, 2, 3, 4])
    await pass(9)
    expect(made).toEqual([1, 2, 3, 4])
    await pass(1)
    expect(made).toEqual([1, 2, 3, 4, 5])
  })

  it('do not overtake those that wait', async () => {
    const { made, call, pass } = throttled(1)
    for (let name = 1; name <= 3; name += 1) call(name)
    await pass(10)
    call(4)
    await pass(10)
    expect(made).toEqual([1, 2, 3])
    await pass(10)
    expect(made).toEqual([1, 2, 3, 4])
  })

  it('are made at once again after a rest', async () => {
    const { made, call, pass } = throttled(1)
    call(1)
    await pass(20)
    call(2)
    expect(made).toEqual([1, 2])
  })
})
