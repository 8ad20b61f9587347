import { describe, expect, it } from 'vitest'
import { createFailedKeys, mostCounted, mostFailures, networkOf } from './failed-keys.ts'

function bench() {
  const time = { nowMs: 1_000_000 }
  return { time, keys: createFailedKeys(() => time.nowMs) }
}

describe('refused keys', () => {
  it('are counted by name and address, for a minute', () => {
    const { time, keys } = bench()
    for (let count = 0; count < mostFailures; count += 1) expect(keys.failed('portal', '10.0.0.1')).toBeNull()
    expect(keys.failed('portal', '10.0.0.1')).toBe(60_000)
    expect(keys.failed('billing', '10.0.0.1')).toBeNull()
    expect(keys.failed('portal', '10.0.0.2')).toBeNull()
    time.nowMs += 59_999
    expect(keys.failed('portal', '10.0.0.1')).toBe(1)
    time.nowMs += 1
    expect(keys.failed('portal', '10.0.0.1')).toBeNull()
  })

  it('do not wait for a clock that was set back', () => {
    const { time, keys } = bench()
    for (let count = 0; count <= mostFailures; count += 1) keys.failed('portal', null)
    time.nowMs -= 500_000
    expect(keys.failed('portal', null)).toBeNull()
  })

  it('take no more memory than for 1,000 names and networks', () => {
    const { keys } = bench()
    for (let count = 0; count <= mostFailures; count += 1) keys.failed('portal', '10.0.0.1')
    for (let other = 0; other < mostCounted - 1; other += 1) keys.failed('portal', `other-${other}`)
    expect(keys.failed('portal', '10.0.0.1')).not.toBeNull()
    keys.failed('portal', 'one more')
    expect(keys.failed('portal', '10.0.0.1')).toBeNull()
  })

  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['', ''],
  ])('count %s as of %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})
