import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, encodeText } from './text.ts'

const aText = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\0', '\u0001', '\u00010000', '\ud800', '\udfff')))
  .map((parts) => parts.join(''))

describe('text in PostgreSQL', () => {
  it('comes back as it was given, whatever it is, and is always something that PostgreSQL keeps', () => {
    fc.assert(
      fc.property(aText, (text) => {
        const kept = encodeText(text)
        expect(decodeText(kept)).toBe(text)
        expect(kept.isWellFormed() && !kept.includes('\0')).toBe(true)
      }),
    )
  })

  it('leaves what needs no escape as it is', () => {
    expect(encodeText('{"tenant":"日本 😀\\n"}')).toBe('{"tenant":"日本 😀\\n"}')
  })
})
