import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entityTag, expectedStamps, isKnown, knownTags } from './entity-tag.ts'

const asked = (header: string, value: string) => new Request('http://localhost/', { headers: { [header]: value } })
const tag = entityTag({ version: 7, draw: 'abcd_-12' }, 'proj')

describe('If-Match', () => {
  it('reads back the stamp of every tag that was made', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), fc.stringMatching(/^[A-Za-z0-9_-]{8}$/), (version, draw) => {
        expect(expectedStamps(asked('If-Match', entityTag({ version, draw }, 'p')))).toEqual([{ version, draw }])
      }),
    )
  })

  it.each<[string, string, readonly object[] | null]>([
    ['a tag of another projection', tag.replace('proj', 'other'), [{ version: 7, draw: 'abcd_-12' }]],
    ['a list with empty elements', `"x",, ${tag} ,`, [{ version: 7, draw: 'abcd_-12' }]],
    [
      'two versions',
      `${tag},"8-AAAAAAAA.p"`,
      [
        { version: 7, draw: 'abcd_-12' },
        { version: 8, draw: 'AAAAAAAA' },
      ],
    ],
    ['a comma inside a tag', '"a,b"', []],
    ['a weak tag', `W/${tag}`, []],
    ['a version with a leading zero', '"07-abcd_-12.p"', []],
    ['a version beyond what a number holds', '"9999999999999999-abcd_-12.p"', []],
    ['a draw of nine characters', '"7-abcd_-123.p"', []],
    ['an empty tag', '""', []],
    ['anything at all', '*', null],
  ])('takes %s', (_, value, stamps) => {
    expect(expectedStamps(asked('If-Match', value))).toEqual(stamps)
  })

  it('is none where there is none', () => {
    expect(expectedStamps(new Request('http://localhost/'))).toBeNull()
  })

  it.each(['x', '"a', 'a"', '"a" "b"', '*, "a"', '"a", *', ',', 'W/', 'W/a', 'w/"a"', '"a b"', '"a";q=1', Array(33).fill('"a"').join()])(
    'refuses %s as malformed',
    (value) => {
      expect(() => expectedStamps(asked('If-Match', value))).toThrow('not a list of entity tags')
    },
  )
})

describe('If-None-Match', () => {
  it.each([
    [tag, true],
    [`W/${tag}`, true],
    [`"x", ${tag}`, true],
    ['*', true],
    ['"x"', false],
    [tag.replace('proj', 'other'), false],
  ])('%s against the current tag: known is %s', (value, known) => {
    expect(isKnown(knownTags(asked('If-None-Match', value)), tag)).toBe(known)
  })
})
