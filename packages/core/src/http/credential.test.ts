import { describe, expect, it } from 'vitest'
import { readCredential } from './credential.ts'

const name = '__Host-session'
const read = (headers: Record<string, string>) => readCredential(new Request('https://portal.test/', { headers }), name)

describe('readCredential', () => {
  it.each<[string, Record<string, string>, unknown]>([
    ['nothing', {}, { kind: 'none' }],
    ['a cookie', { cookie: `${name}=t` }, { kind: 'cookie', token: 't' }],
    ['an empty cookie', { cookie: `${name}=` }, { kind: 'none' }],
    ['a bearer token', { authorization: 'Bearer t' }, { kind: 'bearer', token: 't' }],
    ['a bearer token in other letters', { authorization: 'bEaReR   t ' }, { kind: 'bearer', token: 't' }],
    ['a bearer token and other cookies', { authorization: 'Bearer t', cookie: 'a=1' }, { kind: 'bearer', token: 't' }],
    ['another scheme', { authorization: 'Basic dDp0' }, { kind: 'none' }],
    ['another scheme and a cookie', { authorization: 'Basic dDp0', cookie: `${name}=t` }, { kind: 'cookie', token: 't' }],
    ['a bearer scheme without a token', { authorization: 'Bearer' }, { kind: 'none' }],
    ['two words after the scheme', { authorization: 'Bearer a b' }, { kind: 'none' }],
    ['two bearer tokens', { authorization: 'Bearer a, Bearer b' }, { kind: 'none' }],
    ['cookie and bearer', { cookie: `${name}=t`, authorization: 'Bearer t' }, { kind: 'ambiguous' }],
    ['an empty cookie and bearer', { cookie: `${name}=`, authorization: 'Bearer t' }, { kind: 'ambiguous' }],
    ['two cookies', { cookie: `${name}=a; ${name}=b` }, { kind: 'ambiguous' }],
    ['two cookies and bearer', { cookie: `${name}=a; ${name}=b`, authorization: 'Bearer t' }, { kind: 'ambiguous' }],
    ['a token in another header', { 'session-token': 't' }, { kind: 'none' }],
  ])('finds in a request with %s what it shows', (_title, headers, credential) => {
    expect(read(headers)).toEqual(credential)
  })

  it('finds nothing in the address', () => {
    expect(readCredential(new Request(`https://portal.test/?access_token=t&${name}=t`), name)).toEqual({ kind: 'none' })
  })
})
