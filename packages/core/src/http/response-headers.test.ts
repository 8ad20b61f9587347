import { describe, expect, it } from 'vitest'
import { type AnswerHeaders, headersFor } from './response-headers.ts'

const cookie = { name: '__Host-session', domain: null }
const successor = { kind: 'successor', token: 'a.b.c' } as const
const removal = { kind: 'removal' } as const
const none = { kind: 'none' } as const
const answer = (cacheControl: string | null, vary: string | null = null, cdnCacheControl: string | null = null): AnswerHeaders => {
  const headers = { 'cache-control': cacheControl, 'cdn-cache-control': cdnCacheControl, vary }
  return (name) => headers[name]
}
const ours = { 'cache-control': 'private, no-store', vary: 'Cookie, Authorization' }
const isSet = 'Path=/; HttpOnly; Secure; SameSite=Lax'

describe('headersFor', () => {
  it('keeps an answer that a session was read for out of every cache', () => {
    expect(headersFor(answer(null), cookie, none)).toEqual({ set: ours, setCookie: null })
  })

  it.each(['public, max-age=60', 'private', 'private, max-age=5', 'no-cache', 'no-store', 's-maxage=1', 'immutable', ''])(
    'leaves an answer alone whose handler says %j, while there is no cookie to set',
    (cacheControl) => {
      expect(headersFor(answer(cacheControl, 'Accept'), cookie, none)).toEqual({ set: {}, setCookie: null })
    },
  )

  it.each([
    null,
    'no-store',
    'private, no-store',
    'NO-STORE',
    'no-cache',
    'max-age=0, no-cache',
    'no-cache="set-cookie"',
    'private,no-store,max-age=0',
  ])('hands the successor over where the handler says %j, and nobody stores that', (cacheControl) => {
    expect(headersFor(answer(cacheControl), cookie, successor)).toEqual({ set: ours, setCookie: `__Host-session=a.b.c; ${isSet}` })
  })

  it.each([
    'public',
    'public, max-age=60',
    'max-age=0',
    'private',
    'private, max-age=60',
    's-maxage=60',
    'immutable',
    'x-no-store-please',
    '',
  ])('drops the successor where the handler made its answer cacheable: %j', (cacheControl) => {
    expect(headersFor(answer(cacheControl), cookie, successor)).toEqual({ set: {}, setCookie: null })
  })

  it.each([null, 'no-store', 'private, no-store', 'no-cache'])(
    'drops the successor where a cache of the network may store the answer, though others may not (%j)',
    (cacheControl) => {
      const { setCookie } = headersFor(answer(cacheControl, null, 'max-age=60'), cookie, successor)
      expect(setCookie).toBeNull()
      expect(headersFor(answer(cacheControl, null, 'no-store'), cookie, successor).setCookie).not.toBeNull()
    },
  )

  it('keeps the removal of the cookie out of caches of the network too', () => {
    const { set, setCookie } = headersFor(answer(null, null, 'max-age=60'), cookie, removal)
    expect(setCookie).not.toBeNull()
    expect(set).toEqual({ ...ours, 'cdn-cache-control': 'no-store' })
  })

  it.each([null, 'public, max-age=60', 'no-store'])(
    'takes the cookie at a sign-out whatever the handler says (%j), and nobody stores that',
    (cacheControl) => {
      expect(headersFor(answer(cacheControl), cookie, removal)).toEqual({ set: ours, setCookie: `__Host-session=; ${isSet}; Max-Age=0` })
    },
  )

  it.each([
    [null, 'Cookie, Authorization'],
    ['Accept', 'Accept, Cookie, Authorization'],
    ['cookie', 'cookie, Authorization'],
    ['Accept , AUTHORIZATION', 'Accept, AUTHORIZATION, Cookie'],
    ['Cookie, Authorization', 'Cookie, Authorization'],
    ['*', '*'],
    ['Accept, *', '*'],
    ['', 'Cookie, Authorization'],
    [', ,', 'Cookie, Authorization'],
  ])('adds to Vary %j what is missing', (vary, expected) => {
    expect(headersFor(answer(null, vary), cookie, none).set.vary).toBe(expected)
  })

  it('sets no cookie before the gateway has told its name', () => {
    expect(headersFor(answer(null), null, successor)).toEqual({ set: ours, setCookie: null })
  })
})
