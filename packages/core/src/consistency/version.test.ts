import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mayWrite, nextVersion, reaches, type WriteStamp } from './version.ts'

const draw = fc.string({ minLength: 8, maxLength: 8 })
const stamp = fc.record({ version: fc.integer({ min: 1, max: 5 }), draw: fc.constantFrom('aaaaaaaa', 'bbbbbbbb') })

/** A session as a store would hold it: every write that may, makes the next version under a draw of its own. */
function applyAll(start: WriteStamp, writes: readonly { expected: WriteStamp; draw: string }[]) {
  const versions: number[] = []
  let current = start
  for (const { expected, draw } of writes) {
    if (!mayWrite(current, expected)) continue
    current = { version: nextVersion(current.version), draw }
    versions.push(current.version)
  }
  return { current, versions }
}

describe('versions', () => {
  it('rule 2: rise by exactly one with every commit, whatever writes arrive', () => {
    fc.assert(
      fc.property(stamp, fc.array(fc.record({ expected: stamp, draw })), (start, writes) => {
        const { versions } = applyAll(start, writes)
        expect(versions).toEqual(versions.map((_, index) => start.version + 1 + index))
      }),
    )
  })
})

describe('conditional writes', () => {
  it('rule 4: of any number that race from one version exactly one is applied', () => {
    fc.assert(
      fc.property(stamp, fc.uniqueArray(draw, { minLength: 1 }), (start, draws) => {
        const { current, versions } = applyAll(
          start,
          draws.map((own) => ({ expected: start, draw: own })),
        )
        expect(versions).toEqual([start.version + 1])
        expect(current.draw).toBe(draws[0])
      }),
    )
  })

  it('rule 4: one that is based on another version, or on a version of another draw, changes nothing', () => {
    fc.assert(
      fc.property(stamp, stamp, (current, expected) => {
        const same = current.version === expected.version && current.draw === expected.draw
        expect(mayWrite(current, expected)).toBe(same)
      }),
    )
    expect(mayWrite({ version: 7, draw: 'aaaaaaaa' }, { version: 7, draw: 'bbbbbbbb' })).toBe(false)
    expect(mayWrite({ version: 7, draw: 'aaaaaaaa' }, { version: 8, draw: 'aaaaaaaa' })).toBe(false)
  })
})

describe('a floor', () => {
  it('rule 5: is reached by its version and every newer one, and by no older one', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (version, atLeast) => {
        expect(reaches(version, atLeast)).toBe(version >= atLeast)
      }),
    )
  })

  it('rule 5: is reached by any version when there is none', () => {
    expect(reaches(1, undefined)).toBe(true)
  })
})
