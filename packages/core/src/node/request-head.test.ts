import { request as send } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type GatewayServer, serve } from '../fixtures/gateway-server.ts'
import type { RequestHead } from '../http/request-head.ts'
import { nodeRequestHead } from './request-head.ts'

let server: GatewayServer | undefined
afterEach(() => server?.close())

/** What core sees of a request that has come over a real socket. */
async function seen(write: (port: number) => void): Promise<RequestHead> {
  return new Promise((resolve) => {
    void serve((request, response) => {
      const { method, url, headers } = nodeRequestHead(request)
      resolve({ method, url, headers })
      response.end()
    }).then((started) => {
      server = started
      write(Number(new URL(started.origin).port))
    })
  })
}

const raw = (text: string) => (port: number) => connect(port, '127.0.0.1').end(text)

describe('nodeRequestHead', () => {
  it('is a view of method, address and headers', async () => {
    const head = await seen((port) =>
      send({ port, method: 'POST', path: '/a?b=c', headers: { host: 'portal.test', accept: 'text/html' } }).end(),
    )
    expect([head.method, head.url, head.headers.get('accept'), head.headers.get('x-none')]).toEqual([
      'POST',
      'http://portal.test/a?b=c',
      'text/html',
      null,
    ])
  })

  it('joins cookies that come in several lines as the browser would have', async () => {
    const head = await seen(raw('GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n\r\n'))
    expect(head.headers.get('cookie')).toBe('a=1; b=2')
  })

  it('makes an address even of a request without a host', async () => {
    const head = await seen(raw('GET /a HTTP/1.0\r\n\r\n'))
    expect(head.url).toBe('http://localhost/a')
  })

  it('prefers the address before a router has cut it', () => {
    const socket = { encrypted: true }
    const request = { method: 'GET', url: '/orders', originalUrl: '/shop/orders', headers: { host: 'portal.test' }, socket }
    expect(nodeRequestHead(request as never).url).toBe('https://portal.test/shop/orders')
  })
})
