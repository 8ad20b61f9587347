import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leaseFrom } from '../consistency/lease.ts'
import { createSnapshotCache, type Snapshot, type SnapshotCache } from './snapshot-cache.ts'

function snapshotOf(version: number, overrides: Partial<Snapshot<string>> = {}): Snapshot<string> {
  return {
    id: 'a',
    version,
    etag: `"${version}"`,
    view: `v${version}`,
    signals: {},
    confirmedAtMs: 0,
    generation: 1,
    bytes: 10,
    ...overrides,
  }
}

const at = (confirmedAtMs: number) => ({ confirmedAtMs, generation: 1 })

describe('createSnapshotCache', () => {
  it('holds what was installed', () => {
    const cache = createSnapshotCache<string>()
    const snapshot = snapshotOf(1)
    expect(cache.install(snapshot, null)).toEqual({ kind: 'current', snapshot })
    expect(cache.get('a')).toBe(snapshot)
  })

  it('keeps the newer snapshot when an older one arrives late', () => {
    const cache = createSnapshotCache<string>()
    const newer = snapshotOf(2)
    cache.install(newer, null)
    expect(cache.install(snapshotOf(1, { confirmedAtMs: 9 }), null)).toEqual({ kind: 'current', snapshot: newer })
    expect(cache.get('a')).toBe(newer)
  })

  it('keeps the later confirmation of one version', () => {
    const cache = createSnapshotCache<string>()
    cache.install(snapshotOf(1, { confirmedAtMs: 7 }), null)
    cache.install(snapshotOf(1, { confirmedAtMs: 3 }), null)
    expect(cache.get('a')?.confirmedAtMs).toBe(7)
  })

  it('confirms what is held under the same tag, and never makes it older', () => {
    const cache = createSnapshotCache<string>()
    cache.install(snapshotOf(1, { confirmedAtMs: 5 }), null)
    cache.confirm('a', '"1"', at(8))
    cache.confirm('a', '"1"', at(6))
    expect(cache.get('a')?.confirmedAtMs).toBe(8)
  })

  it('does not confirm a version that has come in under another tag since', () => {
    const cache = createSnapshotCache<string>()
    const newer = snapshotOf(2, { confirmedAtMs: 5 })
    cache.install(newer, null)
    expect(cache.confirm('a', '"1"', at(8))).toEqual({ kind: 'current', snapshot: newer })
    expect(cache.get('a')?.confirmedAtMs).toBe(5)
  })

  it('has nothing to confirm for a session that it does not hold', () => {
    expect(createSnapshotCache<string>().confirm('a', '"1"', at(8))).toEqual({ kind: 'passed' })
  })

  it('rule 9: never brings back a session that has ended, and keeps the first reason', () => {
    const cache = createSnapshotCache<string>()
    cache.install(snapshotOf(1), null)
    cache.end('a', 'expired')
    cache.end('a', 'revoked')
    expect(cache.install(snapshotOf(2), null)).toEqual({ kind: 'ended', reason: 'expired' })
    expect(cache.confirm('a', '"1"', at(8))).toEqual({ kind: 'ended', reason: 'expired' })
    expect(cache.get('a')).toBeUndefined()
    expect(cache.endReason('a')).toBe('expired')
  })

  it.each([
    [1, 9_999],
    [2_000, 19_999],
  ])('rule 9: in a cache of %i remembers an end for %i more ends at least', (entries, more) => {
    const cache = createSnapshotCache<string>({ entries })
    cache.end('a', 'revoked')
    for (let at = 0; at < more; at += 1) cache.end(`other ${at}`, 'expired')
    expect(cache.install(snapshotOf(2), null)).toEqual({ kind: 'ended', reason: 'revoked' })
  })

  it('rule 6: remembers the highest version of a session that it no longer holds', () => {
    const cache = createSnapshotCache<string>({ entries: 1 })
    cache.install(snapshotOf(5), null)
    cache.install(snapshotOf(1, { id: 'b' }), null)
    expect(cache.get('a')).toBeUndefined()
    expect(cache.install(snapshotOf(4), null)).toEqual({ kind: 'passed' })
    expect(cache.install(snapshotOf(5), null).kind).toBe('current')
  })

  it('holds no more sessions than it may, the least used go first', () => {
    const cache = createSnapshotCache<string>({ entries: 2 })
    for (const id of ['a', 'b']) cache.install(snapshotOf(1, { id }), null)
    cache.get('a')
    cache.install(snapshotOf(1, { id: 'c' }), null)
    expect(['a', 'b', 'c'].map((id) => cache.get(id)?.id)).toEqual(['a', undefined, 'c'])
  })

  it('holds no more bytes than it may', () => {
    const cache = createSnapshotCache<string>({ bytes: 25 })
    for (const id of ['a', 'b', 'c']) cache.install(snapshotOf(1, { id }), null)
    expect(['a', 'b', 'c'].map((id) => cache.get(id)?.id)).toEqual([undefined, 'b', 'c'])
  })

  it('shows a document that is larger than all it may hold, and does not hold it', () => {
    const cache = createSnapshotCache<string>({ bytes: 25 })
    expect(cache.install(snapshotOf(1, { bytes: 26 }), null).kind).toBe('current')
    expect(cache.get('a')).toBeUndefined()
  })

  it.each([
    ['cache.entries', { entries: 0 }],
    ['cache.entries', { entries: 1.5 }],
    ['cache.entries', { entries: Number.NaN }],
    ['cache.entries', { entries: 1_000_001 }],
    ['cache.bytes', { bytes: -1 }],
  ])('refuses a bound that is none: %s of %o', (option, limits) => {
    expect(() => createSnapshotCache(limits)).toThrow(new RegExp(`^${option}: expected a whole number from 1`))
  })

  it('rule 6: never shows a version below one that it has shown, whatever arrives in whatever order', () => {
    const arrivals = fc.array(
      fc.record({ id: fc.constantFrom('a', 'b', 'c'), version: fc.integer({ min: 1, max: 9 }), confirmedAtMs: fc.nat(9) }),
    )
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 3 }), (story, entries) => {
        const cache = createSnapshotCache<string>({ entries })
        const shown = new Map<string, number>()
        for (const { version, ...rest } of story) {
          const installed = cache.install(snapshotOf(version, rest), null)
          if (installed.kind !== 'current') continue
          expect(installed.snapshot.version).toBeGreaterThanOrEqual(Math.max(version, shown.get(rest.id) ?? 0))
          shown.set(rest.id, installed.snapshot.version)
        }
      }),
    )
  })
})

describe('under a lease', () => {
  const leaseAt = (seq: number, epoch = 'a') => leaseFrom({ monotonicMs: 0, wallMs: 0 }, { seq, epoch }, 500)
  const readAt = (seq: number, epoch = 'a') => ({ seq, epoch })
  const shown = (cache: SnapshotCache<string>, nowMs = 0) => cache.leased('a', nowMs, nowMs)?.version

  it('serves what is held until the lease runs out, compared at the read', () => {
    const cache = createSnapshotCache<string>()
    cache.install(snapshotOf(1), readAt(1))
    expect(shown(cache)).toBeUndefined()
    cache.renew(leaseAt(1), [])
    expect([0, 499, 500].map((nowMs) => shown(cache, nowMs))).toEqual([1, 1, undefined])
    expect(cache.get('a')?.version).toBe(1)
  })

  it('drops what a heartbeat says has changed, and nothing else; everything where it cannot be told', () => {
    const cache = createSnapshotCache<string>()
    for (const id of ['a', 'b']) cache.install(snapshotOf(1, { id }), readAt(1))
    cache.renew(leaseAt(2), ['b', 'unknown'])
    expect([cache.get('a')?.version, cache.get('b')]).toEqual([1, undefined])
    cache.renew(leaseAt(3), null)
    expect(cache.get('a')).toBeUndefined()
  })

  it('rule 5: shows an answer from before the last heartbeat, and does not keep it', () => {
    const cache = createSnapshotCache<string>()
    cache.renew(leaseAt(5), null)
    const late = snapshotOf(1)
    expect(cache.install(late, readAt(4))).toEqual({ kind: 'current', snapshot: late })
    expect(cache.install(late, readAt(9, 'b'))).toEqual({ kind: 'current', snapshot: late })
    expect(cache.install(late, null)).toEqual({ kind: 'current', snapshot: late })
    expect(shown(cache)).toBeUndefined()
    cache.install(late, readAt(5))
    expect(shown(cache)).toBe(1)
  })

  it('rule 6: shows nothing below the highest version it has shown, not even one that it did not keep', () => {
    const cache = createSnapshotCache<string>()
    cache.renew(leaseAt(5), null)
    cache.install(snapshotOf(2), readAt(5))
    cache.install(snapshotOf(3), readAt(4))
    expect(shown(cache)).toBeUndefined()
    expect(cache.install(snapshotOf(2), readAt(6))).toEqual({ kind: 'passed' })
    cache.renew(leaseAt(7), null)
    expect(cache.install(snapshotOf(2), readAt(7))).toEqual({ kind: 'passed' })
    expect(cache.install(snapshotOf(3), readAt(7)).kind).toBe('current')
  })

  it('rule 6: remembers the version of what a heartbeat drops, however much came in since', () => {
    const cache = createSnapshotCache<string>({ entries: 1 })
    cache.install(snapshotOf(5), readAt(1))
    for (let at = 0; at < 9; at += 1) cache.install(snapshotOf(1, { id: `other ${at}` }), readAt(1))
    cache.install(snapshotOf(5), readAt(1))
    cache.renew(leaseAt(2), ['a'])
    for (let at = 0; at < 9; at += 1) cache.install(snapshotOf(1, { id: `another ${at}` }), readAt(2))
    expect(cache.install(snapshotOf(4), readAt(2))).toEqual({ kind: 'passed' })
  })

  it('keeps what is found to be current still, wherever the store stood: no heartbeat has dropped it', () => {
    const cache = createSnapshotCache<string>()
    cache.install(snapshotOf(1), readAt(1))
    cache.renew(leaseAt(9), [])
    cache.confirm('a', '"1"', at(4))
    expect(shown(cache)).toBe(1)
    cache.renew(leaseAt(10), ['a'])
    expect(cache.confirm('a', '"1"', at(6))).toEqual({ kind: 'passed' })
    expect(shown(cache)).toBeUndefined()
  })

  it('rule 5: never serves a version that a heartbeat has told of, in whatever order answers and heartbeats arrive', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('commit' as const), id: fc.constantFrom('a', 'b') }),
      fc.record({ kind: fc.constant('read' as const), id: fc.constantFrom('a', 'b') }),
      fc.record({ kind: fc.constant('arrive' as const), which: fc.nat() }),
      fc.record({ kind: fc.constant('poll' as const), reset: fc.boolean() }),
      fc.constant({ kind: 'beat' as const }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const cache = createSnapshotCache<string>()
        const versions: Record<string, number> = { a: 1, b: 1 }
        const log: string[] = []
        const underWay: { readonly id: string; readonly version: number; readonly seq: number }[] = []
        let polled: { readonly seq: number; readonly changed: readonly string[] | null } | null = null
        /** The versions that were current when the look of the last heartbeat was made: nothing older may be served. */
        let atLook = { ...versions }
        let looked = { ...versions }
        for (const one of steps) {
          if (one.kind === 'commit') {
            versions[one.id] = (versions[one.id] as number) + 1
            log.push(one.id)
          } else if (one.kind === 'read') {
            underWay.push({ id: one.id, version: versions[one.id] as number, seq: log.length })
          } else if (one.kind === 'arrive' && underWay.length > 0) {
            const [{ id, version, seq }] = underWay.splice(one.which % underWay.length, 1) as [(typeof underWay)[number]]
            cache.install(snapshotOf(version, { id }), readAt(seq))
          } else if (one.kind === 'poll') {
            const lease = cache.lease()
            polled = { seq: log.length, changed: one.reset || lease === null ? null : log.slice(lease.seq) }
            looked = { ...versions }
          } else if (one.kind === 'beat' && polled) {
            cache.renew(leaseAt(polled.seq), polled.changed)
            atLook = looked
            polled = null
          }
          for (const id of ['a', 'b']) {
            const served = cache.leased(id, 0, 0)
            if (served) expect(served.version).toBeGreaterThanOrEqual(atLook[id] as number)
          }
        }
      }),
    )
  })
})
