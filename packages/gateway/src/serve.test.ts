import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { keyOf, openTestGateway } from './fixtures/test-gateway.ts'
import { headersOfEveryAnswer } from './http/security-headers.ts'
import { type ServedGateway, serveGateway } from './serve.ts'

const served: ServedGateway[] = []

afterEach(async () => {
  for (const one of served.splice(0)) await one.close()
})

describe('serveGateway', () => {
  it('serves on a free port, documents and headers as in process', async () => {
    const { url, gateway } = await serving()
    const token = await gateway.signIn()
    const headers = { Authorization: `Bearer ${keyOf('portal')}`, 'Session-Token': token, 'Contract-Revision': '3' }
    const response = await fetch(`${url}/v1/session`, { headers })
    expect(response.status).toBe(200)
    expect(response.headers.get('store-seq')).toBe('1')
    const unchanged = await fetch(`${url}/v1/session`, { headers: { ...headers, 'If-None-Match': response.headers.get('etag') ?? '' } })
    expect(unchanged.status).toBe(304)
    const written = await fetch(`${url}/v1/session`, {
      method: 'PATCH',
      headers: { ...headers, 'If-Match': response.headers.get('etag') ?? '', 'Content-Type': 'application/json' },
      body: JSON.stringify({ reason: 'tenant.switch', set: { 'context.tenant': 'acme' } }),
    })
    expect(await written.json()).toMatchObject({ document: { version: 2 } })
  })

  it('sends both cookies of an answer that sets two', async () => {
    const { url } = await serving()
    const begun = await fetch(`${url}/login`, { redirect: 'manual' })
    const [transaction = ''] = begun.headers.getSetCookie()
    const chooser = new URL(begun.headers.get('location') ?? '')
    const body = new URLSearchParams({ subject: 'ada', state: chooser.searchParams.get('state') ?? '' })
    const chosen = await fetch(`${url}${chooser.pathname}`, { method: 'POST', body, redirect: 'manual' })
    const headers = { Cookie: transaction.split(';', 1)[0] ?? '' }
    const answer = await fetch(`${url}${chosen.headers.get('location')}`, { headers, redirect: 'manual' })
    expect(answer.status).toBe(302)
    expect(answer.headers.getSetCookie().map((cookie) => cookie.split('=', 1)[0])).toEqual(['__Host-session', transaction.split('=', 1)[0]])
  })

  it('refuses a body over its limit before it is all there, and goes on serving', async () => {
    const { url, port } = await serving()
    const socket = connect(port, '127.0.0.1')
    const answer = textOf(socket)
    const head = [
      'POST /v1/reads HTTP/1.1',
      'Host: localhost',
      'Contract-Revision: 3',
      'Content-Type: application/json',
      'Content-Length: 999999999',
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n{`)
    expect(await answer).toMatch(/^HTTP\/1.1 413 [\s\S]*"code":"document_too_large"/)
    socket.destroy()
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it('does not serve headers of more than 16 KiB, and goes on serving', async () => {
    const { url } = await serving()
    const withHeader = (length: number) => fetch(`${url}/healthz`, { headers: { 'X-Long': 'x'.repeat(length) } })
    // The connection is closed with the refusal, which may reach the sender first.
    const refused = await withHeader(17_000).then(
      ({ status }) => status,
      () => 431,
    )
    expect(refused).toBe(431)
    expect((await withHeader(15_000)).status).toBe(200)
  })

  it.each<[what: string, sent: string, status: number]>([
    ['no request', 'nonsense\r\n\r\n', 400],
    ['two lengths', 'POST /v1/reads HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['no host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['an address that is none', 'GET * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400],
    ['a path that goes up', 'GET /v1/forward-auth/../../healthz HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a path that goes up, spelt otherwise', 'GET /v1/forward-auth/%2E%2e/../healthz?a HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a path that ends by going up', 'GET /v1/forward-auth/.. HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a path that stays', 'GET /healthz/. HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['an expectation that is none of ours', 'GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: nothing\r\n\r\n', 417],
    ['headers that are too long', `GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
  ])('answers %s as a problem, and closes the connection', async (_what, sent, status) => {
    const { port, url } = await serving()
    const socket = connect(port, '127.0.0.1')
    const closed = once(socket, 'close')
    const answer = textOf(socket)
    socket.write(sent)
    const [head = '', sentBody = ''] = (await answer).split('\r\n\r\n')
    // Perhaps in one chunk.
    const body = /\{.*\}/.exec(sentBody)?.[0] ?? ''
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(head).toMatch(/content-type: application\/problem\+json/i)
    for (const [name, value] of Object.entries(headersOfEveryAnswer('http://localhost'))) {
      expect(head.toLowerCase()).toContain(`\r\n${name}: ${value}`.toLowerCase())
    }
    expect(JSON.parse(body)).toMatchObject({ type: 'urn:single-state:error:request_invalid', status, code: 'request_invalid' })
    await closed
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it.each(['/healthz?return_to=/../x', '/healthz?..', '/healthz?a=/./'])(
    'serves dots that are no segments of a path: %s',
    async (target) => {
      const { url } = await serving()
      expect((await fetch(url + target)).status).toBe(200)
    },
  )

  it('has no more requests under way than connections, however many come on one of them, and serves again afterwards', async () => {
    const held = Promise.withResolvers<void>()
    const { store } = await openTestGateway()
    const slow = { ...store, health: () => held.promise.then(() => store.health()) }
    const { gateway } = await openTestGateway({ store: slow })
    const one = await serveGateway(gateway, { port: 0, hostname: '127.0.0.1', connections: { most: 3 } })
    served.push(one)
    const socket = connect(one.port, '127.0.0.1')
    const answer = textOf(socket)
    socket.write('GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(4))
    const elsewhere = await fetch(`http://127.0.0.1:${one.port}/healthz`)
    expect([elsewhere.status, elsewhere.headers.get('retry-after'), elsewhere.headers.get('connection')]).toEqual([503, '1', 'close'])
    held.resolve()
    const text = await answer
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 503'])
    expect((await fetch(`http://127.0.0.1:${one.port}/readyz`)).status).toBe(200)
  })

  it('takes no more connections than it was told', async () => {
    const { gateway } = await openTestGateway()
    const one = await serveGateway(gateway, { port: 0, hostname: '127.0.0.1', connections: { most: 1 } })
    served.push(one)
    const first = connect(one.port, '127.0.0.1')
    await once(first, 'connect')
    const second = connect(one.port, '127.0.0.1')
    await once(second, 'close')
    const answer = textOf(first)
    first.write('nonsense\r\n\r\n')
    expect(await answer).toContain('HTTP/1.1 400')
    first.destroy()
  })

  it('answers who sends its headers too slowly with 408', { timeout: 30_000 }, async () => {
    const { gateway } = await openTestGateway()
    const one = await serveGateway(gateway, { port: 0, hostname: '127.0.0.1', connections: { headersTimeoutMs: 100 } })
    served.push(one)
    const socket = connect(one.port, '127.0.0.1')
    const answer = textOf(socket)
    socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n')
    expect(await answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*"status":408,"code":"request_invalid"/)
    socket.destroy()
  })

  it('rejects when the port is taken', async () => {
    const { port, gateway } = await serving()
    await expect(serveGateway(gateway.gateway, { port, hostname: '127.0.0.1' })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('lets an answer that is under way finish before it closes the store', async () => {
    const held = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const { store } = await openTestGateway()
    const slow = {
      ...store,
      health: async () => {
        begun.resolve()
        await held.promise
        return store.health()
      },
    }
    const { url, close } = await serving({ store: slow })
    const answer = fetch(`${url}/readyz`)
    await begun.promise
    const closed = close()
    held.resolve()
    expect((await answer).status).toBe(200)
    await closed
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  })

  it('cuts off what does not finish in time', async () => {
    const begun = Promise.withResolvers<void>()
    const { store } = await openTestGateway()
    const stuck = {
      ...store,
      health: () => {
        begun.resolve()
        return new Promise<never>(() => undefined)
      },
    }
    const timers = { after: () => () => undefined, every: () => () => undefined }
    const { url, close } = await serving({ store: stuck }, { timers }, 1)
    const answer = fetch(`${url}/readyz`).catch(() => 'cut off')
    await begun.promise
    await close()
    expect(await answer).toBe('cut off')
  })
})

async function serving(
  overrides: Parameters<typeof openTestGateway>[0] = {},
  options: Parameters<typeof openTestGateway>[1] = {},
  drainMs = 10_000,
) {
  const gateway = await openTestGateway(overrides, options)
  const one = await serveGateway(gateway.gateway, { port: 0, hostname: '127.0.0.1', drainMs })
  served.push(one)
  return { gateway, port: one.port, url: `http://127.0.0.1:${one.port}`, close: one.close }
}

function textOf(socket: ReturnType<typeof connect>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
      if (text.includes('"code"')) resolve(text)
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
}
