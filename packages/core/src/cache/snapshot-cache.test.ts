import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSnapshotCache, type Snapshot } from './snapshot-cache.ts'

function snapshotOf(version: number, overrides: Partial<Snapshot<string>> = {}): Snapshot<string> {
  return { id: 'a', version, etag: `"${version}"`, view: `v${version}`, signals: {}, confirmedAtMs: 0, bytes: 10, ...overrides }
}

describe('createSnapshotCache', () => {
  it('holds what was installed', () => {
    const cache = createSnapshotCache<string>()
    const snapshot = snapshotOf(1)
    expect(cache.install(snapshot)).toEqual({ kind: 'current', snapshot })
    expect(cache.get('a')).toBe(snapshot)
  })

  it('keeps the newer snapshot when an older one arrives late', () => {
    const cache = createSnapshotCache<string>()
    const newer = snapshotOf(2)
    cache.install(newer)
    expect(cache.install(snapshotOf(1, { confirmedAtMs: 9 }))).toEqual({ kind: 'current', snapshot: newer })
    expect(cache.get('a')).toBe(newer)
  })

  it('keeps the later confirmation of one version', () => {
    const cache = createSnapshotCache<string>()
    cache.install(snapshotOf(1, { confirmedAtMs: 7 }))
    cache.install(snapshotOf(1, { confirmedAtMs: 3 }))
    expect(cache.get('a')?.confirmedAtMs).toBe(7)
  })

  it('confirms what is held under the same tag, and never makes it older', () => {
    const cache = createSnapshotCache<string>()
    cache.install(snapshotOf(1, { confirmedAtMs: 5 }))
    cache.confirm('a', '"1"', 8)
    cache.confirm('a', '"1"', 6)
    expect(cache.get('a')?.confirmedAtMs).toBe(8)
  })

  it('does not confirm a version that has come in under another tag since', () => {
    const cache = createSnapshotCache<string>()
    const newer = snapshotOf(2, { confirmedAtMs: 5 })
    cache.install(newer)
    expect(cache.confirm('a', '"1"', 8)).toEqual({ kind: 'current', snapshot: newer })
    expect(cache.get('a')?.confirmedAtMs).toBe(5)
  })

  it('has nothing to confirm for a session that it does not hold', () => {
    expect(createSnapshotCache<string>().confirm('a', '"1"', 8)).toEqual({ kind: 'passed' })
  })

  it('rule 9: never brings back a session that has ended, and keeps the first reason', () => {
    const cache = createSnapshotCache<string>()
    cache.install(snapshotOf(1))
    cache.end('a', 'expired')
    cache.end('a', 'revoked')
    expect(cache.install(snapshotOf(2))).toEqual({ kind: 'ended', reason: 'expired' })
    expect(cache.confirm('a', '"1"', 8)).toEqual({ kind: 'ended', reason: 'expired' })
    expect(cache.get('a')).toBeUndefined()
    expect(cache.endReason('a')).toBe('expired')
  })

  it('rule 6: remembers the highest version of a session that it no longer holds', () => {
    const cache = createSnapshotCache<string>({ entries: 1 })
    cache.install(snapshotOf(5))
    cache.install(snapshotOf(1, { id: 'b' }))
    expect(cache.get('a')).toBeUndefined()
    expect(cache.install(snapshotOf(4))).toEqual({ kind: 'passed' })
    expect(cache.install(snapshotOf(5)).kind).toBe('current')
  })

  it('holds no more sessions than it may, the least used go first', () => {
    const cache = createSnapshotCache<string>({ entries: 2 })
    for (const id of ['a', 'b']) cache.install(snapshotOf(1, { id }))
    cache.get('a')
    cache.install(snapshotOf(1, { id: 'c' }))
    expect(['a', 'b', 'c'].map((id) => cache.get(id)?.id)).toEqual(['a', undefined, 'c'])
  })

  it('holds no more bytes than it may', () => {
    const cache = createSnapshotCache<string>({ bytes: 25 })
    for (const id of ['a', 'b', 'c']) cache.install(snapshotOf(1, { id }))
    expect(['a', 'b', 'c'].map((id) => cache.get(id)?.id)).toEqual([undefined, 'b', 'c'])
  })

  it('shows a document that is larger than all it may hold, and does not hold it', () => {
    const cache = createSnapshotCache<string>({ bytes: 25 })
    expect(cache.install(snapshotOf(1, { bytes: 26 })).kind).toBe('current')
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
          const installed = cache.install(snapshotOf(version, rest))
          if (installed.kind !== 'current') continue
          expect(installed.snapshot.version).toBeGreaterThanOrEqual(Math.max(version, shown.get(rest.id) ?? 0))
          shown.set(rest.id, installed.snapshot.version)
        }
      }),
    )
  })
})
