import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AdapterApplication, AdapterRequest } from './fixture.ts'

/**
 * Serves an application on a free port of this machine, and sends to it over real sockets. The platform's `fetch` would
 * add headers of its own, so requests are made with `node:http`; their `Host` is that of `origin`, as behind a proxy.
 */
export async function serveNode(listener: RequestListener, origin: string): Promise<AdapterApplication> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    fetch: (path, init) => send(port, origin, path, init),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function send(port: number, origin: string, path: string, { method, headers, body, signal }: AdapterRequest): Promise<Response> {
  const sent = request({
    ...{ host: '127.0.0.1', port, path, method, agent: false },
    headers: { ...headers, host: new URL(origin).host },
    ...(signal && { signal }),
  })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const received = Buffer.concat(await answer.toArray())
  return new Response(received.length === 0 ? null : received, { status: answer.statusCode ?? 0, headers: headersOf(answer) })
}

/** One by one, so that several `Set-Cookie` stay several. */
function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] as string, rawHeaders[at + 1] as string)
  return headers
}
