import { expect, it, vi } from 'vitest'
import { serve } from '../fixtures/gateway-server.ts'
import { transportSuite } from '../fixtures/transport-suite.ts'
import { undiciTransport } from './undici-transport.ts'

transportSuite('undiciTransport', undiciTransport())

it('keeps its connections and opens no more than it may', async () => {
  const sockets = new Set<unknown>()
  const server = await serve((request, response) => {
    sockets.add(request.socket)
    response.end('{}')
  })
  const transport = undiciTransport({ connections: 2 })(server.origin)
  const get = { method: 'GET', path: '/', headers: {}, timeoutMs: 5_000 } as const
  await Promise.all(Array.from({ length: 20 }, () => transport(get)))
  await transport(get)
  await server.close()
  expect(server.received).toHaveLength(21)
  expect(sockets.size).toBeLessThanOrEqual(2)
})

it('ends a request in time that waits for a connection, and does not send it later', async () => {
  let answerFirst = () => {}
  const server = await serve((_request, response) => {
    answerFirst = () => response.end('{}')
  })
  const transport = undiciTransport({ connections: 1 })(server.origin)
  const get = { method: 'GET', path: '/first', headers: {}, timeoutMs: 5_000 } as const
  const first = transport(get)
  await vi.waitUntil(() => server.received.length > 0, 5_000)
  await expect(transport({ ...get, path: '/second', timeoutMs: 30 })).rejects.toMatchObject({ name: 'TimeoutError' })
  const third = transport({ ...get, path: '/third' })
  answerFirst()
  await first
  await vi.waitUntil(() => server.received.length > 1, 5_000)
  answerFirst()
  await third
  await server.close()
  expect(server.received.map(({ url }) => url)).toEqual(['/first', '/third'])
})

it('gives up the connection of a request that was not answered in time', async () => {
  const server = await serve((request, response) => {
    if (request.url !== '/silent') response.end('{}')
  })
  const transport = undiciTransport({ connections: 1 })(server.origin)
  const get = { method: 'GET', path: '/silent', headers: {}, timeoutMs: 100 } as const
  await expect(transport(get)).rejects.toMatchObject({ name: 'TimeoutError' })
  expect((await transport({ ...get, path: '/', timeoutMs: 5_000 })).body).toBe('{}')
  await server.close()
})

it('leaves no time limit running behind an answer', async () => {
  const server = await serve((_request, response) => response.end('{}'))
  const started = vi.spyOn(globalThis, 'setTimeout')
  const ended = vi.spyOn(globalThis, 'clearTimeout')
  await undiciTransport()(server.origin)({ method: 'GET', path: '/', headers: {}, timeoutMs: 60_000 })
  const limit = started.mock.calls.findIndex(([, ms]) => ms === 60_000)
  expect(ended.mock.calls.flat()).toContain(started.mock.results[limit]?.value)
  vi.restoreAllMocks()
  await server.close()
})

it('takes the answer itself, not the hints before it', async () => {
  const server = await serve((_request, response) => {
    response.writeEarlyHints({ link: '</a>; rel=preload' })
    response.writeHead(200, { etag: '"1"' }).end('{}')
  })
  const answer = await undiciTransport()(server.origin)({ method: 'GET', path: '/', headers: {}, timeoutMs: 5_000 })
  await server.close()
  expect([answer.status, answer.header('etag'), answer.header('link'), answer.body]).toEqual([200, '"1"', null, '{}'])
})
