import { describe, expect, it } from 'vitest'
import { isOwnRequest, isUnsafe } from './csrf.ts'

const url = 'https://portal.acme.test/orders'
const origins = ['https://portal.acme.test', 'https://www.acme.test']
const head = (headers: Record<string, string>, method = 'POST') => ({ method, url, headers: new Headers(headers) })

describe('isUnsafe', () => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'TRACE'])('takes %s for a request that changes nothing', (method) => {
    expect(isUnsafe(head({}, method))).toBe(false)
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'PROPFIND', 'get', ''])('takes %j for one that may', (method) => {
    expect(isUnsafe(head({}, method))).toBe(true)
  })

  it('takes an upgrade for one that may', () => {
    expect(isUnsafe(head({ upgrade: 'websocket' }, 'GET'))).toBe(true)
  })
})

describe('isOwnRequest', () => {
  const rows: [string | null, string | null, boolean][] = [
    ['same-origin', null, true],
    ['none', null, true],
    ['same-site', null, false],
    ['cross-site', null, false],
    ['Same-Origin', null, false],
    ['nonsense', null, false],
    [null, null, false],
    [null, 'https://portal.acme.test', true],
    [null, 'https://www.acme.test', true],
    [null, 'http://portal.acme.test', false],
    [null, 'https://portal.acme.test:8443', false],
    [null, 'https://PORTAL.acme.test', false],
    [null, 'https://portal.acme.test.evil.test', false],
    [null, 'https://evil.acme.test', false],
    [null, 'null', false],
    [null, '', false],
    ['same-site', 'https://www.acme.test', true],
    ['same-site', 'https://evil.acme.test', false],
    ['cross-site', 'https://evil.test', false],
    ['cross-site', 'null', false],
    ['same-origin', 'https://evil.test', true],
  ]

  it.each(rows)('Sec-Fetch-Site %s with Origin %s: %s', (site, origin, isOwn) => {
    const headers = { ...(site !== null && { 'sec-fetch-site': site }), ...(origin !== null && { origin }) }
    expect(isOwnRequest(head(headers), origins)).toBe(isOwn)
  })

  it.each([
    ['http://portal.acme.test', 'the scheme of the hop behind a proxy'],
    ['http://localhost:3000', 'a host that was asked by another name'],
  ])('takes %s for nobody of its own where origins are configured: %s', (origin) => {
    const behindProxy = { method: 'POST', url: `${origin}/orders`, headers: new Headers({ origin, 'sec-fetch-site': 'cross-site' }) }
    expect(isOwnRequest(behindProxy, origins)).toBe(false)
    expect(isOwnRequest({ ...behindProxy, headers: new Headers({ origin }) }, origins)).toBe(false)
  })

  it('takes the origin that was asked, where none is configured', () => {
    expect(isOwnRequest(head({ origin: 'https://portal.acme.test' }), [])).toBe(true)
    expect(isOwnRequest(head({ origin: 'https://evil.test' }), [])).toBe(false)
  })

  it.each(['http://%%%/', 'app:/orders'])('takes no request to %s for one of its own: that has no origin', (address) => {
    expect(isOwnRequest({ method: 'POST', url: address, headers: new Headers({ origin: 'null' }) }, [])).toBe(false)
  })
})
