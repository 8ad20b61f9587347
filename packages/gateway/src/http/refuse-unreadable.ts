import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { errorTypeOf } from '@single-state/core/protocol'

/** What Node found wrong with a request before there was one to answer; everything else is a 400. */
const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** Answers what Node cannot read, or has waited for too long, as a problem like every other refusal, and closes the connection. */
export function refuseUnreadable(server: Server): void {
  const underWay = new WeakMap<Duplex, ServerResponse>()
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => underWay.set(socket, response))
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const response = underWay.get(socket)
    const isAnswering = response?.headersSent === true && !response.writableFinished
    // A second answer inside of one that is on its way would be read as part of it.
    if (!socket.writable || isAnswering) socket.destroy()
    else socket.end(problemText(statuses[error.code ?? ''] ?? 400))
  })
}

function problemText(status: number): string {
  const title = STATUS_CODES[status] ?? ''
  const body = JSON.stringify({ type: errorTypeOf('request_invalid'), title, status, code: 'request_invalid' })
  const headers = ['Content-Type: application/problem+json', `Content-Length: ${Buffer.byteLength(body)}`, 'Cache-Control: no-store']
  return [`HTTP/1.1 ${status} ${title}`, ...headers, 'Connection: close', '', body].join('\r\n')
}
