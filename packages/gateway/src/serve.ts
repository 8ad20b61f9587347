import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Gateway } from './gateway.ts'

/** Where a gateway listens. */
export interface ServeOptions {
  /** 0 takes any free one. */
  readonly port: number
  /** Default `'localhost'`. */
  readonly hostname?: string
  /** How long `close` waits for answers under way before it cuts them off, in milliseconds. Default 10,000. */
  readonly drainMs?: number
}

/** A gateway that listens. */
export interface ServedGateway {
  readonly port: number
  /** Takes no more connections, lets answers under way finish, then closes the gateway. */
  readonly close: () => Promise<void>
}

/** Limits of a connection: who sends slowly, or much, or often, waits on their own account and not on everybody's. */
const limits = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16_384,
} as const

/** 4,096: each costs memory; applications reuse theirs. */
const mostConnections = 4_096

/**
 * Serves a gateway on Node's own HTTP server.
 *
 * Rejects with the system's error when the port cannot be had.
 */
export async function serveGateway(
  gateway: Gateway,
  { port, hostname = 'localhost', drainMs = 10_000 }: ServeOptions,
): Promise<ServedGateway> {
  const server = createAdaptorServer({ fetch: gateway.fetch, serverOptions: limits, overrideGlobalObjects: false }) as Server
  server.maxConnections = mostConnections
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, hostname, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: async () => {
      await drain(server, drainMs)
      await gateway.close()
    },
  }
}

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
