import { createServer, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import { getRequestListener, type Http2Bindings, type HttpBindings, RequestError } from '@hono/node-server'
import { type CheckedConnectionLimits, type ConnectionLimits, connectionLimitsOf } from './connection-limits.ts'
import type { Gateway } from './gateway.ts'
import { createPlainRefusals, type PlainRefusals } from './http/plain-refusals.ts'
import { refuseUnreadable } from './http/refuse-unreadable.ts'
import { createThrottle } from './http/throttle.ts'
import { processTimers } from './timers.ts'
import type { TlsPair } from './tls-files.ts'

/** Where a gateway listens. */
export interface ServeOptions {
  /** 0 takes any free one. */
  readonly port: number
  /** Default `'localhost'`. */
  readonly hostname?: string
  /** Serves HTTPS with this certificate and key. Default: plain HTTP, for what ends TLS before it. */
  readonly tls?: TlsPair
  /** Limits of its connections. */
  readonly connections?: ConnectionLimits
  /** How long `close` waits for answers under way before it cuts them off, in milliseconds. Default 10,000. */
  readonly drainMs?: number
}

/** A gateway that listens. */
export interface ServedGateway {
  readonly port: number
  /** Takes another certificate for the connections from here on. Only where it serves HTTPS. */
  readonly renew: (tls: TlsPair) => void
  /** Takes no more connections, lets answers under way finish, then closes the gateway. */
  readonly close: () => Promise<void>
}

/** Limits that nobody needs otherwise. */
export const limits = {
  keepAliveTimeout: 5_000,
  // A tenth of what is cut at once otherwise: a thousand connections that expire together would hold up everybody.
  connectionsCheckingInterval: 100,
  maxHeaderSize: 16_384,
  // Node would refuse a request without a host in a way of its own.
  requireHostHeader: false,
} as const

/** 4,096 connections may wait to be taken, where the system lets them: one that finds no place tries again after a second. */
export const mostWaiting = 4_096

/**
 * Serves a gateway on Node's own HTTP server.
 *
 * Rejects with the system's error when the port cannot be had, and with a TypeError for limits that are none.
 */
export async function serveGateway(
  gateway: Gateway,
  { port, hostname = 'localhost', tls, connections = {}, drainMs = defaultDrainMs }: ServeOptions,
): Promise<ServedGateway> {
  const checked = connectionLimitsOf(connections)
  const refusals = createPlainRefusals(gateway.origin)
  const server = serverOf(gateway, tls, checked, refusals)
  refuseUnreadable(server, refusals, createThrottle(checked.disconnects, processTimers.after))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: hostname, backlog: mostWaiting }, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    renew: (pair) => (server as TlsServer).setSecureContext(pair),
    close: async () => {
      await drain(server, drainMs)
      await gateway.close()
    },
  }
}

function serverOf(gateway: Gateway, tls: TlsPair | undefined, connections: CheckedConnectionLimits, refusals: PlainRefusals): Server {
  const { most, headersTimeoutMs: headersTimeout, requestTimeoutMs: requestTimeout, silenceMs } = connections
  const serverOptions = { ...limits, headersTimeout, requestTimeout }
  // Who sends its requests without waiting for answers has many under way on one connection.
  let underWay = 0
  const fetch = async (request: Request, { incoming, outgoing }: HttpBindings | Http2Bindings) => {
    if (hasDotSegment(incoming.url ?? '')) return refusals.response(400)
    if (underWay >= most) return refusals.response(503)
    underWay += 1
    try {
      await send(await gateway.fetch(request, { address: incoming.socket.remoteAddress ?? null }), outgoing as ServerResponse)
      return alreadySent
    } finally {
      underWay -= 1
    }
  }
  const errorHandler = (error: unknown) => refusals.response(error instanceof RequestError ? 400 : 500)
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false, errorHandler })
  const server = tls ? createTlsServer({ ...serverOptions, ...tls }, listener) : createServer(serverOptions, listener)
  // Who does not read an answer would keep its connection for ever.
  return Object.assign(server, { maxConnections: most, timeout: silenceMs })
}

/**
 * Whether a path has a `.` or `..` segment, percent-encoded or not (RFC 3986 section 5.2.4). Some proxies append the visitor's
 * path to `/v1/forward-auth`: such a segment would lead to another call, whose 200 would let the visitor in.
 */
function hasDotSegment(target: string): boolean {
  return /(^|\/)(\.|%2e){1,2}(\/|$)/i.test(target.split('?', 1)[0] ?? '')
}

/** What the server's adapter takes as a sign that nothing is left to send. */
const alreadySent = new Response(null, { headers: { 'x-hono-already-sent': 'true' } })

/** Sends an answer in one piece: all of them are short texts, and a stream costs as much as the answer itself. */
async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  const text = response.body === null ? '' : await response.text()
  // As a list: an answer may set two cookies.
  const headers: string[] = []
  for (const [name, value] of response.headers) headers.push(name, value)
  if (response.body !== null) headers.push('content-length', String(Buffer.byteLength(text)))
  outgoing.writeHead(response.status, headers)
  outgoing.end(text)
}

/** 10 s: longer than any read or write takes. */
export const defaultDrainMs = 10_000

/** A connection is idle only once its answer is out, so idle ones are looked for until there are none. */
const lookForIdleMs = 50

function drain(server: Server, drainMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), drainMs)
    const look = setInterval(() => server.closeIdleConnections(), lookForIdleMs)
    server.close(() => {
      clearTimeout(cut)
      clearInterval(look)
      resolve()
    })
    server.closeIdleConnections()
  })
}
