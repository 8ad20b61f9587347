import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { RequestError } from '@hono/node-server'
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
  // RFC 9110 section 10.1.1: an expectation that is none of ours.
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(417, { ...problemHeaders, Connection: 'close' }).end(bodyOf(417))
  })
}

/** What can be read and is no request that anything can be made of: no host, or an address that is none. */
export function answerUnreadable(error: unknown): Response {
  const status = error instanceof RequestError ? 400 : 500
  return new Response(bodyOf(status), { status, headers: problemHeaders })
}

const problemHeaders = { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }

function bodyOf(status: number): string {
  const code = status === 500 ? 'internal_error' : 'request_invalid'
  return JSON.stringify({ type: errorTypeOf(code), title: STATUS_CODES[status] ?? '', status, code })
}

function problemText(status: number): string {
  const body = bodyOf(status)
  const headers = Object.entries({ ...problemHeaders, 'Content-Length': Buffer.byteLength(body), Connection: 'close' })
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...headers.map((header) => header.join(': ')), '', body].join('\r\n')
}
