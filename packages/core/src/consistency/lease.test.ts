import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  clockRateError,
  clockSlackMs,
  continues,
  heartbeatMs,
  leaseFrom,
  leaseMs,
  mayInstall,
  mayServeLocally,
  settleMs,
  shortestSettleMs,
  unseenPauseMs,
} from './lease.ts'

const queued = { monotonicMs: 1_000, wallMs: 1_700_000_000_000 }
const lease = leaseFrom(queued, { seq: 7, epoch: 'a' }, leaseMs)
const servesAfter = (monotonicMs: number, wallMs = monotonicMs) =>
  mayServeLocally(lease, queued.monotonicMs + monotonicMs, queued.wallMs + wallMs)

describe('a lease', () => {
  it('rule 7: is in force from when its heartbeat was queued, up to its end and not at it', () => {
    expect([0, 499, 499.9].map((ms) => servesAfter(ms))).toEqual([true, true, true])
    expect([500, 501, 10_000].map((ms) => servesAfter(ms))).toEqual([false, false, false])
    expect(mayServeLocally(null, 0, 0)).toBe(false)
  })

  it('is not in force once the wall clock disagrees with the monotonic one, either way', () => {
    expect([-3, 0, 3].map((off) => servesAfter(100, 100 + off))).toEqual([true, true, true])
    expect([-3_600_000, -4, 4, 2_000].map((off) => servesAfter(100, 100 + off))).toEqual([false, false, false, false])
  })

  it('ends the same however long its answer was on the way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000 }), fc.nat(), (elapsed, seq) => {
        const late = leaseFrom(queued, { seq, epoch: 'a' }, leaseMs)
        expect(mayServeLocally(late, queued.monotonicMs + elapsed, queued.wallMs + elapsed)).toBe(elapsed < leaseMs)
      }),
    )
  })
})

describe('the install rule', () => {
  it('rule 5: keeps what was read at or after the last change taken in, of the same epoch', () => {
    expect(mayInstall(lease, { seq: 7, epoch: 'a' })).toBe(true)
    expect(mayInstall(lease, { seq: 8, epoch: 'a' })).toBe(true)
    expect(mayInstall(lease, { seq: 6, epoch: 'a' })).toBe(false)
    expect(mayInstall(lease, { seq: 8, epoch: 'b' })).toBe(false)
    expect(mayInstall(lease, null)).toBe(false)
  })

  it('keeps everything while there has been no lease: the first heartbeat drops it', () => {
    expect(mayInstall(null, { seq: 0, epoch: '' })).toBe(true)
    expect(continues(null, { seq: 0, epoch: '' })).toBe(false)
  })
})

describe('what a heartbeat brings', () => {
  it('continues within an epoch, forwards; anything else is a new start', () => {
    expect(continues(lease, { seq: 7, epoch: 'a' })).toBe(true)
    expect(continues(lease, { seq: 9, epoch: 'a' })).toBe(true)
    expect(continues(lease, { seq: 6, epoch: 'a' })).toBe(false)
    expect(continues(lease, { seq: 9, epoch: 'b' })).toBe(false)
  })
})

describe('the wait of a write', () => {
  it('is long enough for the lease, the clock error and the slack, and no longer than it has to be', () => {
    const shortest = shortestSettleMs(leaseMs, clockRateError, unseenPauseMs)
    expect(shortest).toBeCloseTo(514.14, 1)
    expect(settleMs).toBeGreaterThanOrEqual(shortest)
    expect(settleMs - shortest).toBeLessThan(1)
    expect(heartbeatMs * 4).toBeLessThanOrEqual(leaseMs)
  })

  it('outlasts every lease from before the write, whatever the clocks of reader and gateway do within their error', () => {
    const rate = fc.double({ min: 1 - clockRateError, max: 1 + clockRateError, noNaN: true })
    const off = fc.double({ min: 0, max: clockSlackMs, noNaN: true })
    fc.assert(
      fc.property(rate, rate, off, fc.double({ min: 0, max: 10_000, noNaN: true }), (reader, gateway, suspendedMs, beforeMs) => {
        // In true time: the heartbeat left before the write at 0; the reader's clock stood still for as long as goes unnoticed.
        const leaseEnds = -beforeMs + leaseMs / reader + suspendedMs
        const acknowledged = settleMs / gateway
        expect(acknowledged).toBeGreaterThanOrEqual(leaseEnds)
      }),
    )
  })

  it('halved would not', () => {
    expect(settleMs / 2).toBeLessThan(shortestSettleMs(leaseMs, clockRateError, unseenPauseMs))
  })
})
