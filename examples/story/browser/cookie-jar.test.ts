import { describe, expect, it } from 'vitest'
import { createCookieJar } from './cookie-jar.ts'

describe('the cookie jar', () => {
  it('sends a cookie of one port of a host to its other ports', () => {
    const jar = createCookieJar()
    jar.take('http://localhost:4400/callback', ['__Host-session=a.b.c; Path=/; HttpOnly; Secure; SameSite=Lax'])
    expect(jar.headerFor('http://localhost:4410/')).toBe('__Host-session=a.b.c')
    expect(jar.headerFor('http://other.localhost:4410/')).toBe('')
  })

  it('replaces a cookie of the same name and path, and keeps one of another path', () => {
    const jar = createCookieJar()
    jar.take('http://localhost:1/', ['a=1; Path=/', 'a=2; Path=/deep', 'a=3; Path=/'])
    expect(jar.headerFor('http://localhost:1/')).toBe('a=3')
    expect(jar.headerFor('http://localhost:1/deep/er')).toBe('a=2; a=3')
  })

  it('does not take a path for one that merely begins like it', () => {
    const jar = createCookieJar()
    jar.take('http://localhost:1/', ['a=1; Path=/sign'])
    expect(jar.headerFor('http://localhost:1/sign-in')).toBe('')
  })

  it('forgets a cookie that is taken back, by age or by date', () => {
    const jar = createCookieJar()
    jar.take('http://localhost:1/', ['a=1; Path=/', 'b=2; Path=/'])
    jar.take('http://localhost:1/', ['a=; Path=/; Max-Age=0', 'b=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT'])
    expect(jar.headerFor('http://localhost:1/')).toBe('')
    expect(jar.valueFor('http://localhost:1/', 'a')).toBeNull()
  })

  it('gives a cookie without a path the folder of its address (RFC 6265 section 5.1.4)', () => {
    const jar = createCookieJar()
    jar.take('http://localhost:1/one/two', ['a=1'])
    expect(jar.headerFor('http://localhost:1/one/three')).toBe('a=1')
    expect(jar.headerFor('http://localhost:1/')).toBe('')
  })
})
