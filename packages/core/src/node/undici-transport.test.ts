import { expect, it } from 'vitest'
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
