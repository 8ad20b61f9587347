import { isSessionError } from '@single-state/core/errors'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeReturnTo } from './return-to.ts'

const gateway = 'https://session.example.com'
const portal = 'https://portal.example.com'
const allowed = new Set([gateway, portal, 'http://localhost:4410'])
const judge = (...values: string[]) => judgeReturnTo(values, allowed, gateway)

function codeOf(values: string[]): string | null {
  try {
    judge(...values)
    return null
  } catch (error) {
    return isSessionError(error) ? error.code : String(error)
  }
}

describe('judgeReturnTo', () => {
  it('leads to the gateway itself when nothing was asked', () => {
    expect(judge()).toBe(`${gateway}/`)
  })

  it.each([
    [`${portal}/orders?page=2#top`, `${portal}/orders?page=2#top`],
    ['https://PORTAL.example.com', `${portal}/`],
    [`${portal}:443/a/../b`, `${portal}/b`],
    [`${portal}/?next=https://evil.example//`, `${portal}/?next=https://evil.example//`],
    ['http://localhost:4410/', 'http://localhost:4410/'],
    [`${portal}/größe`, `${portal}/gr%C3%B6%C3%9Fe`],
  ])('allows %s', (value, spelt) => {
    expect(judge(value)).toBe(spelt)
  })

  it.each([
    ['another origin', 'https://evil.example/'],
    ['another port', `${portal}:8443/`],
    ['another scheme', 'http://portal.example.com/'],
    ['a host that only begins like an allowed one', `${portal}.evil.example/`],
    ['a host that only ends like one', 'https://evilportal.example.com/'],
    ['a user name before a foreign host', 'https://portal.example.com@evil.example/'],
    ['a user name before an allowed host', 'https://evil.example@portal.example.com/'],
    ['an address without a scheme', '//evil.example/'],
    ['a path', '/orders'],
    ['a path that a browser reads as a host', '/\\evil.example'],
    ['a backslash after the host', 'https://portal.example.com\\@evil.example/'],
    ['backslashes for slashes', 'https:\\\\portal.example.com'],
    ['one slash', 'https:/portal.example.com/'],
    ['three slashes', 'https:///portal.example.com/'],
    ['no slash', 'https:portal.example.com'],
    ['an encoded address', encodeURIComponent(`${portal}/`)],
    ['an encoded slash in the host', 'https://portal.example.com%2f@evil.example/'],
    ['an encoded dot that makes another host', 'https://evil.example%2eportal.example.com/'],
    ['a tab that parsers drop', 'https://portal.exam\tple.com/'],
    ['a line break that parsers drop', 'https://portal.example.com/\r\nSet-Cookie: a=b'],
    ['a leading space that parsers drop', ` ${portal}/`],
    ['a null character', `${portal}/\u0000`],
    ['javascript', 'javascript://portal.example.com/%0aalert(1)'],
    ['data', 'data:text/html,hello'],
    ['a blob of an allowed origin', `blob:${portal}/3c1f`],
    ['nothing', ''],
    ['more than 2,048 characters', `${portal}/${'a'.repeat(2_048)}`],
    ['more than 2,048 characters once spelt out', `${portal}/${'ß'.repeat(400)}`],
    ['a host that is none', 'https://[portal]/'],
  ])('refuses %s', (_what, value) => {
    expect(codeOf([value])).toBe('request_invalid')
  })

  it('refuses two of them, even two that are alike', () => {
    expect(codeOf([portal, portal])).toBe('request_invalid')
  })

  it('never answers anything but an address on an allowed origin, whatever it is given', () => {
    const piece = fc.constantFrom(
      'https:',
      'http:',
      '//',
      '/',
      '\\',
      '@',
      'portal.example.com',
      'evil.example',
      ':',
      '?',
      '#',
      '%2f',
      '.',
      '\t',
      'x',
    )
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    )
    fc.assert(
      fc.property(text, (value) => {
        if (codeOf([value]) !== null) return codeOf([value]) === 'request_invalid'
        const url = new URL(judge(value))
        return allowed.has(url.origin) && url.username === '' && url.href === judge(value)
      }),
    )
  })
})
