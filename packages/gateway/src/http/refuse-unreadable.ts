import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { PlainRefusals } from './plain-refusals.ts'

const tooSlow = 'ERR_HTTP_REQUEST_TIMEOUT'

/** What Node found wrong with a request before there was one to answer; everything else is a 400. */
const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  [tooSlow]: 408,
}

/** The last request of a connection whose headers have come. */
interface RequestUnderWay {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/**
 * Answers what Node cannot read, or has waited for too long, as a problem like every other refusal, and closes the connection.
 * Slow ones are disconnected in turns: a crowd that came together is too slow together, and comes again at once.
 */
export function refuseUnreadable(server: Server, refusals: PlainRefusals, inTurns: (call: () => void) => void): void {
  const latest = new WeakMap<Duplex, RequestUnderWay>()
  const refuse = (socket: Duplex, code: string) => {
    const response = latest.get(socket)?.response
    const isAnswering = response?.headersSent === true && !response.writableFinished
    // A second answer inside of one that is on its way would be read as part of it.
    if (!socket.writable || isAnswering) socket.destroy()
    else socket.end(refusals.text(statuses[code] ?? 400))
  }
  server.on('request', (request: IncomingMessage, response: ServerResponse) => latest.set(request.socket, { request, response }))
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket: Duplex) => {
    if (code !== tooSlow) return refuse(socket, code)
    const wholeBefore = wholeRequestOf(latest.get(socket))
    inTurns(() => {
      const whole = wholeRequestOf(latest.get(socket))
      // What has come in whole while it waited for its turn is being served: a refusal could belie what is done for it.
      if (whole === null || whole === wholeBefore) refuse(socket, code)
    })
  })
  // RFC 9110 section 10.1.1: an expectation that is none of ours.
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(417, refusals.headers(417)).end(refusals.body(417))
  })
}

/** The request itself, once all of it is there. */
function wholeRequestOf(underWay: RequestUnderWay | undefined): IncomingMessage | null {
  return underWay?.request.complete ? underWay.request : null
}
