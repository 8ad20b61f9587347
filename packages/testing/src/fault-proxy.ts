import { once } from 'node:events'
import { createServer, type Server, type Socket, connect as tcpConnect } from 'node:net'
import { carryBytes, type Way } from './fault-proxy-way.ts'
import { checkFault, type ProxyFault } from './proxy-fault.ts'

/** What a proxy has seen so far. */
export interface ProxyCounts {
  readonly connections: number
  readonly open: number
  /** Connections that the proxy itself has reset or cut. */
  readonly broken: number
  readonly requestBytes: number
  readonly answerBytes: number
  readonly lostRequestBytes: number
  readonly lostAnswerBytes: number
}

/** Where a proxy listens and connects. */
export interface FaultProxyOptions {
  /** `host` is 127.0.0.1 by default. Read for each new connection: an address that moves is a target whose port is set anew. */
  readonly target: { readonly host?: string; readonly port: number }
  /** Default a free port of 127.0.0.1. */
  readonly listen?: { readonly host?: string; readonly port?: number }
  /** 0 to 1, for jitter. Default `Math.random`. */
  readonly random?: () => number
}

/** A TCP proxy before any server: a store, a gateway, a provider. Its faults are set while it runs. */
export interface FaultProxy {
  readonly host: string
  readonly port: number
  /** Sets the one fault that holds from now on; `{ kind: 'pass' }` heals. Resolves once it holds. */
  set(fault: ProxyFault): Promise<void>
  counts(): ProxyCounts
  /** Resets what is open and stops to listen. */
  close(): Promise<void>
}

/**
 * Starts a proxy that passes everything on until it is told otherwise.
 *
 * ```ts
 * const proxy = await createFaultProxy({ target: { port: 6379 } })
 * await proxy.set({ kind: 'blackhole', way: 'answers' })
 * ```
 *
 * Rejects when the port is taken.
 */
export async function createFaultProxy({ target, listen = {}, random = Math.random }: FaultProxyOptions): Promise<FaultProxy> {
  const host = listen.host ?? '127.0.0.1'
  const counts = { connections: 0, broken: 0, requestBytes: 0, answerBytes: 0, lostRequestBytes: 0, lostAnswerBytes: 0 }
  const pairs = new Set<Pair>()
  let fault: ProxyFault = { kind: 'pass' }

  const accept = (client: Socket) => {
    counts.connections += 1
    // Errors of a connection are what this proxy is for; 'close' follows each.
    client.on('error', () => undefined)
    if (fault.kind === 'reset' || fault.kind === 'refuse') {
      counts.broken += 1
      client.resetAndDestroy()
      return
    }
    const pair = connectPair(client)
    pairs.add(pair)
    pair.closed.then(() => pairs.delete(pair))
  }

  function connectPair(client: Socket): Pair {
    const server = tcpConnect({ host: target.host ?? '127.0.0.1', port: target.port, allowHalfOpen: true })
    server.on('error', () => undefined)
    const shared = { fault: () => fault, random, cut: () => breakPair(pair, 'end') }
    const pair: Pair = {
      client,
      server,
      requests: carryBytes({
        ...shared,
        from: client,
        to: server,
        way: 'requests',
        passed: add('requestBytes'),
        lost: add('lostRequestBytes'),
      }),
      answers: carryBytes({
        ...shared,
        from: server,
        to: client,
        way: 'answers',
        passed: add('answerBytes'),
        lost: add('lostAnswerBytes'),
      }),
      closed: Promise.all([client, server].map((socket) => new Promise((resolve) => socket.once('close', resolve)))),
    }
    return pair
  }

  const add = (count: keyof typeof counts) => (bytes: number) => {
    counts[count] += bytes
  }

  function breakPair({ client, server }: Pair, how: 'reset' | 'end'): void {
    if (!server.destroyed) counts.broken += 1
    if (how === 'end') client.end()
    else client.resetAndDestroy()
    server.resetAndDestroy()
  }

  const server = createServer({ allowHalfOpen: true }, accept)
  const port = await startListening(server, host, listen.port ?? 0)
  return {
    host,
    port,
    counts: () => ({ ...counts, open: pairs.size }),
    async set(next) {
      checkFault(next)
      fault = next
      const breaksAll = next.kind === 'reset' || next.kind === 'refuse'
      for (const pair of pairs) {
        if (breaksAll || (next.kind !== 'blackhole' && (pair.requests.hasLost() || pair.answers.hasLost()))) breakPair(pair, 'reset')
        else for (const way of [pair.requests, pair.answers]) way.faultChanged()
      }
      if (next.kind === 'refuse') await stopListening(server)
      else if (!server.listening) await startListening(server, host, port)
    },
    async close() {
      fault = { kind: 'reset' }
      for (const pair of pairs) breakPair(pair, 'reset')
      await stopListening(server)
    },
  }
}

interface Pair {
  readonly client: Socket
  readonly server: Socket
  readonly requests: Way
  readonly answers: Way
  readonly closed: Promise<unknown>
}

async function startListening(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function stopListening(server: Server): Promise<void> {
  if (server.listening) await new Promise((resolve) => server.close(resolve))
}
