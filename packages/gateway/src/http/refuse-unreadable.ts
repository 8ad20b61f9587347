import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { RequestError } from '@hono/node-server'
import { errorTypeOf } from '@single-state/core/protocol'

const tooSlow = 'ERR_HTTP_REQUEST_TIMEOUT'

/** What Node found wrong with a request before there was one to answer; everything else is a 400. */
const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  [tooSlow]: 408,
}

/** The last request of a connection whose headers have come. */
interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/**
 * Answers what Node cannot read, or has waited for too long, as a problem like every other refusal, and closes the connection.
 * Slow ones are let go in turns: a crowd that came together is too slow together, and comes again at once.
 */
export function refuseUnreadable(server: Server, inTurns: (call: () => void) => void): void {
  const latest = new WeakMap<Duplex, Exchange>()
  const refuse = (socket: Duplex, code: string) => {
    const response = latest.get(socket)?.response
    const isAnswering = response?.headersSent === true && !response.writableFinished
    // A second answer inside of one that is on its way would be read as part of it.
    if (!socket.writable || isAnswering) socket.destroy()
    else socket.end(problemText(statuses[code] ?? 400))
  }
  server.on('request', (request: IncomingMessage, response: ServerResponse) => latest.set(request.socket, { request, response }))
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket: Duplex) => {
    if (code !== tooSlow) return refuse(socket, code)
    const wholeBefore = wholeRequestOf(latest.get(socket))
    inTurns(() => {
      // What has come in whole while it waited for its turn is being served: a refusal could belie what is done for it.
      if (wholeRequestOf(latest.get(socket)) === wholeBefore) refuse(socket, code)
    })
  })
  // RFC 9110 section 10.1.1: an expectation that is none of ours.
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(417, { ...problemHeaders, Connection: 'close' }).end(bodyOf(417))
  })
}

/** The request of an exchange, once all of it is there. */
function wholeRequestOf(exchange: Exchange | undefined): IncomingMessage | null {
  return exchange?.request.complete ? exchange.request : null
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
