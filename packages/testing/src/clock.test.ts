import { describe, expect, it } from 'vitest'
import { createTestClock } from './clock.ts'

describe('createTestClock', () => {
  it('stands still until it is moved', () => {
    const clock = createTestClock(5_000)
    expect([clock.wallMs(), clock.monotonicMs()]).toEqual([5_000, 0])
    expect([clock.wallMs(), clock.monotonicMs()]).toEqual([5_000, 0])
  })

  it('moves both times by milliseconds and by durations', () => {
    const clock = createTestClock(5_000)
    clock.advance(250)
    clock.advance('2m')
    expect([clock.wallMs(), clock.monotonicMs()]).toEqual([125_250, 120_250])
  })

  it('starts at a whole second of 2026', () => {
    expect(new Date(createTestClock().wallMs()).toISOString()).toBe('2026-01-01T00:00:00.000Z')
  })

  it('gives functions that work on their own, as a gateway takes them', () => {
    const { wallMs, advance } = createTestClock(0)
    advance(7)
    expect(wallMs()).toBe(7)
  })

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1 hour' as '1h'])('refuses to move by %s', (by) => {
    expect(() => createTestClock().advance(by)).toThrow(TypeError)
  })
})
