import { describe, expect, it } from 'vitest'
import { manualClock } from '../fixtures/manual-clock.ts'
import { createBreaker } from './breaker.ts'

function openBreaker() {
  const clock = manualClock()
  const breaker = createBreaker(clock)
  for (let failures = 0; failures < 5; failures += 1) breaker.failed()
  return { clock, breaker }
}

describe('createBreaker', () => {
  it('lets requests through while fewer than five in a row have failed', () => {
    const breaker = createBreaker(manualClock())
    for (let failures = 0; failures < 4; failures += 1) breaker.failed()
    expect(breaker.admits()).toBe(true)
  })

  it('starts counting again with a success', () => {
    const breaker = createBreaker(manualClock())
    for (let round = 0; round < 3; round += 1) {
      for (let failures = 0; failures < 4; failures += 1) breaker.failed()
      breaker.succeeded()
    }
    expect(breaker.admits()).toBe(true)
  })

  it('stops requests after five failures in a row', () => {
    expect(openBreaker().breaker.admits()).toBe(false)
  })

  it('lets one request through every 250 ms while it is open', () => {
    const { clock, breaker } = openBreaker()
    const admitted = Array.from({ length: 8 }, () => {
      clock.advance(125)
      const first = breaker.admits()
      const second = breaker.admits()
      if (first) breaker.failed()
      return [first, second]
    })
    expect(admitted.filter(([first]) => first)).toHaveLength(4)
    expect(admitted.some(([, second]) => second)).toBe(false)
  })

  it('lets everything through again after the first success', () => {
    const { clock, breaker } = openBreaker()
    clock.advance(250)
    expect(breaker.admits()).toBe(true)
    breaker.succeeded()
    expect([breaker.admits(), breaker.admits()]).toEqual([true, true])
  })
})
