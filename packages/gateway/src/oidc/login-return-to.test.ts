import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { asProgram, expectRefused, loginUrl, openLoginGateway, pendingLogins, portal } from '../../test/login-harness.ts'
import { startTestIdp, type TestIdp } from '../../test/test-idp.ts'
import { origin } from '../fixtures/test-gateway.ts'

let idp: TestIdp
beforeAll(async () => {
  idp = await startTestIdp(origin)
})
afterEach(() => idp.spoil(null))
afterAll(() => idp.stop())

describe('a return_to that leads elsewhere', () => {
  const tricks = [
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    'http://localhost:4410@evil.example/',
    'http://evil.example\\@localhost:4410/',
    'http%3A%2F%2Flocalhost%3A4410%2F',
    'http://localhost:4410.evil.example/',
    'http://localhost:9999/',
    'javascript://localhost:4410/%0aalert(1)',
    '',
  ]

  it.each(tricks)('is refused before anything begins: %j', async (returnTo) => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    let asked = 0
    idp.spoil(() => {
      asked += 1
      return false
    })
    await expectRefused(gateway, browser, loginUrl(returnTo), 'request_invalid')
    const page = await browser.open(loginUrl(returnTo))
    expect(page.status).toBe(400)
    expect(page.html).not.toMatch(/evil|9999|alert/)
    expect(pendingLogins(browser)).toEqual([])
    expect(asked).toBe(0)
  })

  it('is refused when it comes twice', async () => {
    const gateway = await openLoginGateway(idp)
    const url = `${loginUrl(`${portal}/`)}&return_to=${encodeURIComponent('https://evil.example/')}`
    await expectRefused(gateway, gateway.newBrowser(), url, 'request_invalid')
  })

  it.each([
    ['POST', '/login', 'GET, HEAD'],
    ['POST', '/callback', 'GET, HEAD'],
    ['DELETE', '/logout', 'GET, HEAD, POST'],
  ])('is not even read where the method is wrong: %s %s', async (method, path, allowed) => {
    const gateway = await openLoginGateway(idp)
    const response = await gateway.gateway.fetch(new Request(origin + path, { method, headers: asProgram }))
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe(allowed)
    expect(await response.json()).toMatchObject({ code: 'method_not_allowed' })
  })
})
