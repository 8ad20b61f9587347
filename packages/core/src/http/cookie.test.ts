import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCookies, serializeCookie, serializeCookieRemoval } from './cookie.ts'

const name = '__Host-session'

describe('readCookies', () => {
  it.each<[string, string | null, string | null]>([
    ['no header', null, null],
    ['an empty header', '', null],
    ['other cookies', 'a=1; b=2', null],
    ['the cookie alone', '__Host-session=t', 't'],
    ['the cookie among others', 'a=1; __Host-session=t; b=2', 't'],
    ['the cookie without blanks', 'a=1;__Host-session=t;b=2', 't'],
    ['blanks and tabs around name and value', 'a=1; \t__Host-session \t=  t\t; b=2', 't'],
    ['a value with an equals sign', '__Host-session=a=b==', 'a=b=='],
    ['an empty value', '__Host-session=', ''],
    ['a value in quotes, as it is', '__Host-session="t"', '"t"'],
    ['a longer name', '__Host-session2=t; x__Host-session=t', null],
    ['the name alone', '__Host-session', null],
    ['a nameless cookie whose value looks like ours', '=__Host-session=t', null],
    ['a cookie inside the value of another', 'a="; __Host-session=t"', 't"'],
    ['a look-alike in other letters alone', '__HOST-session=t', null],
    ['separators alone', ';;; ; =; ==', null],
  ])('finds in %s what is ours', (_title, header, value) => {
    expect(readCookies(header, name)).toEqual(value === null ? { kind: 'none' } : { kind: 'value', value })
  })

  it.each([
    ['two values', '__Host-session=a; __Host-session=b'],
    ['the same value twice', '__Host-session=a; __Host-session=a'],
    ['an empty value before one', '__Host-session=; __Host-session=a'],
    ['a look-alike before it', '__HOST-session=evil; __Host-session=good'],
    ['a look-alike after it', '__Host-session=good; __hOsT-SESSION=evil'],
    ['two look-alikes', '__HOST-session=a; __host-session=b'],
  ])('takes neither of %s', (_title, header) => {
    expect(readCookies(header, name)).toEqual({ kind: 'ambiguous' })
  })

  it.each(['\u00a0', '\u000b', '\u000c', '\ufeff', '\u2003', '\u0085'])('does not take a name with %j at its edge for ours', (blank) => {
    expect(readCookies(`${blank}${name}=evil`, name)).toEqual({ kind: 'none' })
    expect(readCookies(`${name}${blank}=evil`, name)).toEqual({ kind: 'none' })
  })

  it('reads a header of blanks in a time that grows with its length', () => {
    const header = `a${' '.repeat(500_000)}b=1; ${name}=t`
    expect(readCookies(header, name)).toEqual({ kind: 'value', value: 't' })
  })

  it('reads back what a browser keeps of what was set, among any others', () => {
    const token = fc.stringMatching(/^[\w-]{1,20}\.[\w-]{1,20}\.[\w-]{1,20}$/)
    const others = fc.array(fc.stringMatching(/^[a-z]{1,8}=[\w"=]{0,8}$/), { maxLength: 4 })
    fc.assert(
      fc.property(token, others, others, (value, before, after) => {
        const kept = serializeCookie({ name, domain: null }, value).split(';', 1)
        expect(readCookies([...before, ...kept, ...after].join('; '), name)).toEqual({ kind: 'value', value })
      }),
    )
  })
})

describe('serializeCookie', () => {
  it('is of one host: Secure, HttpOnly, Lax, for every path, without a domain or an end', () => {
    expect(serializeCookie({ name, domain: null }, 't')).toBe('__Host-session=t; Path=/; HttpOnly; Secure; SameSite=Lax')
  })

  it('names the domain of several hosts', () => {
    expect(serializeCookie({ name: '__Secure-session', domain: 'acme.test' }, 't')).toBe(
      '__Secure-session=t; Domain=acme.test; Path=/; HttpOnly; Secure; SameSite=Lax',
    )
  })

  it('takes 4,096 bytes of name and value and not one more', () => {
    const cookie = { name, domain: null }
    expect(serializeCookie(cookie, 't'.repeat(4_096 - name.length))).toContain('ttt')
    expect(() => serializeCookie(cookie, 't'.repeat(4_097 - name.length))).toThrow(RangeError)
  })

  it('takes the same cookie away', () => {
    expect(serializeCookieRemoval({ name: '__Secure-session', domain: 'acme.test' })).toBe(
      '__Secure-session=; Domain=acme.test; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0',
    )
  })
})
