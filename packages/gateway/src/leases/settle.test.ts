import { settleMs } from '@single-state/core/protocol'
import { describe, expect, it } from 'vitest'
import { manualTimers } from '../fixtures/manual-timers.ts'
import { createSettling, noSettling } from './settle.ts'

function open() {
  const { monotonic, timers, pass } = manualTimers()
  let call = () => {}
  /** What asks about readers: it calls when the test says so. */
  const poll = {
    whenTakenIn: (taken: () => void) => {
      call = taken
      return () => {
        call = () => {}
      }
    },
  }
  const settling = createSettling({ monotonicMs: monotonic, after: timers.after, poll })
  const begin = () => {
    let over = false
    void settling.begin().then(() => {
      over = true
    })
    return () => over
  }
  return { settling, begin, pass, monotonic, timers, poll, takenIn: () => call() }
}

describe('the wait of a write', () => {
  it('is 515 ms from when it is begun', async () => {
    const { begin, pass, settling } = open()
    expect(settling.waitMs).toBe(515)
    const isOver = begin()
    await pass(514)
    expect(isOver()).toBe(false)
    await pass(1)
    expect(isOver()).toBe(true)
  })

  it('is each its own', async () => {
    const { begin, pass } = open()
    const first = begin()
    await pass(500)
    const second = begin()
    await pass(15)
    expect([first(), second()]).toEqual([true, false])
    await pass(500)
    expect(second()).toBe(true)
  })

  it('goes on when the timer was early: the clock decides', async () => {
    const { monotonic, timers, pass, poll } = open()
    const early = { ...timers, after: (ms: number, call: () => void) => timers.after(ms > 2 ? ms - 2 : ms, call) }
    const settling = createSettling({ monotonicMs: monotonic, after: early.after, poll })
    let overAtMs = Number.NaN
    void settling.begin().then(() => {
      overAtMs = monotonic()
    })
    await pass(600)
    expect(overAtMs).toBe(515)
  })

  it('is over as soon as every reader has taken the write in', async () => {
    const { begin, pass, takenIn } = open()
    const isOver = begin()
    await pass(100)
    expect(isOver()).toBe(false)
    takenIn()
    await pass(0)
    expect(isOver()).toBe(true)
  })

  it('is refused where a lease could outlast it', () => {
    const { monotonic, timers, poll } = open()
    const settlingOf = (waitMs: number) => () => createSettling({ monotonicMs: monotonic, after: timers.after, poll }, waitMs)
    expect(settlingOf(514)).toThrow(RangeError)
    expect(settlingOf(settleMs / 2)).toThrow('expected a wait of 514')
    expect(settlingOf(515)).not.toThrow()
  })

  it('is none where no leases are granted', async () => {
    expect(noSettling.waitMs).toBe(0)
    await noSettling.begin()
  })
})
