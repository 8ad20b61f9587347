import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProblemError } from './problem.ts'
import { parseStrictJson } from './strict-json.ts'

const limits = { depth: 5, keys: 6, string: 12 }

describe('parseStrictJson', () => {
  it('reads what JSON.parse reads, whatever is inside strings', () => {
    const roomy = { depth: 1_000, keys: 100_000, string: 100_000 }
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom('', ' ', '\n\t'), (text, space) => {
        const value = JSON.parse(text) as unknown
        if (/"(__proto__|constructor|prototype)"/.test(text)) return
        expect(parseStrictJson(JSON.stringify(value, null, space), roomy)).toEqual(value)
      }),
    )
  })

  it.each([
    ['an object', '{"a":{"b":[[["c"]]]}}'],
    ['as many names as there may be', '{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}'],
    ['a name that is in two objects', '[{"a":1},{"a":2},{"b":{"a":3}}]'],
    ['a string as long as it may be', '"123456789012"'],
    ['a value that looks like structure', '["{\\"a\\":"]'],
    ['a value that is named like a trap', '["__proto__"]'],
    ['a name before spaces', '{"a" \n:1}'],
  ])('takes %s', (_, text) => {
    expect(parseStrictJson(text, limits)).toEqual(JSON.parse(text))
  })

  it.each([
    ['no JSON', '{a:1}'],
    ['a level too much', '[[[[[[]]]]]]'],
    ['a level too much in an object that is closed again', '[[[[[]]]],[[[[[]]]]]]'],
    ['a name too much', '{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7}'],
    ['a string too long', '"1234567890123"'],
    ['a name too long', '{"1234567890123":1}'],
    ['a name twice', '{"a":1,"b":2,"a":3}'],
    ['a name twice around another object', '{"a":{"b":1},"a":3}'],
    ['a name twice, written differently', '{"a":1,"\\u0061":3}'],
    ['a trap', '[{"a":{"__proto__":1}}]'],
    ['a trap with an escaped quote before it', '{"\\"":{"prototype":1}}'],
    ['a trap before spaces', '{"constructor"  :1}'],
  ])('refuses %s', (_, text) => {
    expect(() => parseStrictJson(text, limits)).toThrow(ProblemError)
  })
})
