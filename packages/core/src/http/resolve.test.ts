import { describe, expect, it } from 'vitest'
import { type Asked, cookieName, documentOf, etagOf, openScene, portalOrigin, show } from '../fixtures/scene.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

/** What a request is answered with whose session, if it comes to that, is at version 1. */
async function answered(asked: Asked) {
  const scene = await openScene()
  scene.gateway.always('/v1/session', (call) => show(call, 1))
  const result = await scene.open(asked).resolve()
  return { ...scene, result: 'code' in result ? [result.status, result.code] : result.status, calls: scene.asked() }
}

describe('a request', () => {
  it.each<[string, Asked, unknown]>([
    ['with a cookie', {}, 'active'],
    ['with a bearer token', { as: 'bearer' }, 'active'],
    ['with neither', { token: '' }, 'anonymous'],
    ['with rubbish for a cookie', { token: 'rubbish' }, 'anonymous'],
    ['with rubbish for a bearer token', { token: 'rubbish', as: 'bearer' }, 'anonymous'],
    ['with an empty bearer', { token: '', as: 'bearer' }, 'anonymous'],
    ['that opens a page from another site', { headers: { 'sec-fetch-site': 'cross-site' } }, 'active'],
    ['that posts from its own page', { method: 'POST' }, 'active'],
    ['that posts from another site', { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } }, ['refused', 'cross_site']],
    ['that posts from a neighbour', { method: 'POST', headers: { 'sec-fetch-site': 'same-site' } }, ['refused', 'cross_site']],
    [
      'that posts from its other host',
      { method: 'POST', headers: { 'sec-fetch-site': 'same-site', origin: 'https://www.acme.test' } },
      'active',
    ],
    ['that upgrades from another site', { headers: { 'sec-fetch-site': 'cross-site', upgrade: 'websocket' } }, ['refused', 'cross_site']],
    [
      'that posts with a bearer token from anywhere',
      { method: 'POST', as: 'bearer', headers: { 'sec-fetch-site': 'cross-site' } },
      'active',
    ],
    [
      'with rubbish that posts from another site',
      { token: 'x', method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } },
      ['refused', 'cross_site'],
    ],
    ['with two cookies', { headers: { cookie: `${cookieName}=a; ${cookieName}=b` } }, ['refused', 'credentials_ambiguous']],
    [
      'with a cookie and its look-alike',
      { headers: { cookie: `__HOST-session=a; ${cookieName}=b` } },
      ['refused', 'credentials_ambiguous'],
    ],
    ['with a cookie and a bearer token', { headers: { authorization: 'Bearer a.b.c' } }, ['refused', 'credentials_ambiguous']],
  ])('%s is what it is', async (_title, asked, expected) => {
    const { result, calls } = await answered(asked)
    expect(result).toEqual(expected)
    expect(calls).toHaveLength(expected === 'active' ? 1 : 0)
  })

  it('hands its trace on, and nothing that is none', async () => {
    expect((await answered({ headers: { traceparent } })).calls[0]?.headers['traceparent']).toBe(traceparent)
    expect((await answered({ headers: { traceparent: 'x'.repeat(9_000) } })).calls[0]?.headers['traceparent']).toBeUndefined()
  })

  it('is answered by page or problem where its requirement is not met', async () => {
    const { open } = await answered({})
    const check = async (asked: Asked) => open(asked).check({ where: () => false })
    expect(await check({})).toMatchObject({ denial: { status: 403, headers: { 'content-type': 'application/problem+json' } } })
    expect(await check({ headers: { accept: 'text/html' } })).toMatchObject({
      denial: { status: 403, headers: { 'content-type': /html/ } },
    })
  })

  it('is sent to the login and back where nobody is signed in', async () => {
    const { open } = await answered({})
    const passage = await open({ token: '', url: `${portalOrigin}/a`, headers: { accept: 'text/html' } }).check()
    expect(passage).toMatchObject({
      denial: { status: 302, headers: { location: expect.stringContaining(encodeURIComponent(`${portalOrigin}/a`)) } },
    })
  })

  it('has no headers to set before its session was used', async () => {
    const { open } = await openScene()
    expect(open().headersFor()).toBeNull()
  })
})

describe('a request that is only passed on', () => {
  it('gets the successor of a token that is due, and nothing is read', async () => {
    const { open, gateway, clock, asked } = await openScene()
    clock.advance(150_000)
    const session = open()
    const renewing = session.renew()
    const call = await gateway.next()
    expect(call.path).toBe('/v1/session/token')
    call.answer(200, { token: 'a.b.c', document: documentOf(1) }, { etag: etagOf(1) })
    await renewing
    expect(session.headersFor()?.setCookie).toContain(`${cookieName}=a.b.c`)
    expect(asked()).toHaveLength(1)
  })

  it.each<[string, Asked, number]>([
    ['a token that is not due', {}, 149_999],
    ['a bearer token', { as: 'bearer' }, 200_000],
    ['a token of another site', { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } }, 200_000],
    ['no token', { token: '' }, 200_000],
  ])('gets none for %s', async (_title, head, afterMs) => {
    const { open, clock, asked } = await openScene()
    clock.advance(afterMs)
    const session = open(head)
    await session.renew()
    expect(session.headersFor()?.setCookie).toBeNull()
    expect(asked()).toEqual([])
  })

  it('goes on without one while the gateway is away', async () => {
    const { open, gateway, clock } = await openScene()
    clock.advance(150_000)
    const session = open()
    const renewing = session.renew()
    ;(await gateway.next()).disconnect()
    await renewing
    expect(session.headersFor()?.setCookie).toBeNull()
  })
})
