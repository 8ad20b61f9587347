import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Reader } from '../stores/store.ts'
import { haveTakenIn, readerOf, type Sighted, sightedAfter, silentReaders } from './readers.ts'

const waitMs = 515

const reader = (process: string, seq: number, mark = 'm', epoch = 'e'): Reader => ({ process, epoch, seq, mark })
const seenAt = (before: Sighted | null, nowMs: number, readers: readonly Reader[], epoch = 'e', registry = 'r') =>
  sightedAfter(before, { epoch, registry, readers }, nowMs)
const change = { epoch: 'e', seq: 5 }

describe('what a gateway knows of readers', () => {
  it('believes nothing for a whole wait after it first sees an epoch, or a registry', () => {
    const first = seenAt(null, 0, [])
    expect([haveTakenIn(first, change, 514, waitMs), haveTakenIn(first, change, 515, waitMs)]).toEqual([false, true])
    for (const [epoch, registry] of [
      ['f', 'r'],
      ['e', 's'],
    ]) {
      const other = seenAt(first, 600, [], epoch, registry)
      const ofIt = { epoch: epoch as string, seq: 5 }
      expect([haveTakenIn(other, ofIt, 1_114, waitMs), haveTakenIn(other, ofIt, 1_115, waitMs)]).toEqual([false, true])
    }
    expect(haveTakenIn(seenAt(first, 600, []), change, 600, waitMs)).toBe(true)
  })

  it('believes nothing of a change of another epoch', () => {
    expect(haveTakenIn(seenAt(null, 0, []), { epoch: 'f', seq: 5 }, 10_000, waitMs)).toBe(false)
  })

  it('waits for a reader that stands before the change, in another epoch, or nowhere yet', () => {
    const begun = seenAt(null, 0, [])
    const heldUp = (found: Reader) => !haveTakenIn(seenAt(begun, 1_000, [reader('q', 9), found]), change, 1_000, waitMs)
    expect([reader('p', 5), reader('p', 6), reader('p', 4), reader('p', 9, 'm', 'd'), reader('p', 0, 'm', '')].map(heldUp)).toEqual([
      ...[false, false],
      ...[true, true, true],
    ])
  })

  it('waits for a silent reader as long as its last lease can be in force', () => {
    const begun = seenAt(seenAt(null, 0, []), 1_000, [reader('p', 1)])
    const again = seenAt(begun, 1_400, [reader('p', 1)])
    expect([haveTakenIn(again, change, 1_514, waitMs), haveTakenIn(again, change, 1_515, waitMs)]).toEqual([false, true])
    expect([silentReaders(again, 1_514, waitMs).length, silentReaders(again, 1_515, waitMs).length]).toEqual([0, 1])
    const heard = seenAt(begun, 1_400, [reader('p', 1, 'n')])
    expect([haveTakenIn(heard, change, 1_914, waitMs), haveTakenIn(heard, change, 1_915, waitMs)]).toEqual([false, true])
  })

  it('gives readers beyond a thousand one name together, which never takes anything in', () => {
    const thousand = Array.from({ length: 1_000 }, (_, at) => reader(`portal ${at}`, 9))
    const known = seenAt(null, 0, thousand)
    const standing = { process: 'portal more', epoch: 'e', seq: 9 }
    expect(readerOf(seenAt(null, 0, thousand.slice(1)), standing)).toEqual(standing)
    expect(readerOf(known, { ...standing, process: 'portal 7' }).process).toBe('portal 7')
    const others = readerOf(known, standing)
    expect(others).toEqual({ process: '*', epoch: '', seq: 0 })
    expect(haveTakenIn(seenAt(known, 1_000, [...thousand, { ...others, mark: 'n' }]), change, 1_000, waitMs)).toBe(false)
  })

  it('rule 5: never acknowledges early while a reader can serve what is older, whatever is heard when', () => {
    const event = fc.record({
      afterMs: fc.integer({ min: 0, max: 300 }),
      kind: fc.constantFrom('beat', 'beat', 'beat', 'write', 'look', 'look', 'failover'),
      process: fc.constantFrom('p', 'q'),
      lostMs: fc.constantFrom(0, 0, 10, 600),
    })
    fc.assert(
      fc.property(fc.array(event, { minLength: 5, maxLength: 60 }), (events) => {
        const world = { nowMs: 0, seq: 0, epoch: 1, marks: 0 }
        let noted = new Map<string, Reader>()
        let sighted: Sighted | null = null
        /** What each process holds: where it stands, and until when it may read by that. */
        const leases = new Map<string, { epoch: string; seq: number; untilMs: number }>()
        const look = () => {
          sighted = seenAt(sighted, world.nowMs, [...noted.values()], `${world.epoch}`)
          for (const { process, mark } of silentReaders(sighted, world.nowMs, waitMs)) {
            if (noted.get(process)?.mark === mark) noted.delete(process)
          }
          const written = { epoch: `${world.epoch}`, seq: world.seq }
          if (!haveTakenIn(sighted, written, world.nowMs, waitMs)) return
          for (const { epoch, seq, untilMs } of leases.values()) {
            expect(untilMs <= world.nowMs || (epoch === written.epoch && seq >= written.seq)).toBe(true)
          }
        }
        for (const { afterMs, kind, process, lostMs } of events) {
          world.nowMs += afterMs
          if (kind === 'write') world.seq += 1
          if (kind === 'failover') {
            world.epoch += 1
            noted = new Map()
          }
          if (kind === 'beat') {
            const held = leases.get(process)
            world.marks += 1
            noted.set(process, { process, epoch: held?.epoch ?? '', seq: held?.seq ?? 0, mark: `${world.marks}` })
            // An answer that is lost leaves the process with what it had.
            if (lostMs !== 600) leases.set(process, { epoch: `${world.epoch}`, seq: world.seq, untilMs: world.nowMs - lostMs + 500 })
          }
          if (kind === 'look') look()
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
