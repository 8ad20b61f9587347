// One application process with a real client: node watching-application.ts <folder>
// Reads order.json there, and writes ready.json once its lease is in force. POST / with cookies answers when each of them was
// first denied to a strict read and to a live one; PUT / with cookies as soon as the process reads all of them from memory.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { createSessionClient } from '@single-state/core'
import { undiciTransport } from '@single-state/core/node'
import { contract } from '../gateway/contract.ts'
import { announce, readOrder } from '../measure/orders.ts'
import { wallMs } from './wall-clock.ts'

/** What the runner asks for. */
export interface WatchOrder {
  readonly gateway: string
  readonly key: string
  readonly cookies: readonly string[]
}

/** When a session was first denied, in milliseconds since 1970. */
export interface Denied {
  readonly strictAtMs: number
  readonly liveAtMs: number
}

/** 1 ms between two reads of one session: what the figures are exact to. */
const pauseMs = 1

/** 10 s: a session that is served for so long after its end will be served for ever. */
const longestMs = 10_000

const { gateway, key, cookies } = await readOrder<WatchOrder>()
const options = { application: 'portal', gateway, key } as const
// A client for each freshness: a strict read renews what a live read of the same client finds in memory.
const clients = {
  live: createSessionClient(contract, { ...options, transport: undiciTransport(), defaults: { freshness: 'live' } }),
  strict: createSessionClient(contract, { ...options, transport: undiciTransport(), defaults: { freshness: 'strict' } }),
}
await untilLeased(cookies)

const server = createServer(async (request, response) => {
  const watched = JSON.parse(await text(request)) as readonly string[]
  if (request.method === 'PUT') {
    await untilLeased(watched)
    return void response.end()
  }
  const denied = await Promise.all(watched.map(watch))
  response.end(JSON.stringify(denied))
}).listen(0, '127.0.0.1', () => void announce({ port: (server.address() as AddressInfo).port }))
process.once('SIGTERM', () => process.exit(0))

async function untilLeased(read: readonly string[]): Promise<void> {
  for (const cookie of read) while ((await sourceOf(cookie, 'live')) !== 'lease') await pause(10)
}

async function watch(cookie: string): Promise<Denied> {
  const [strictAtMs, liveAtMs] = await Promise.all([deniedAt(cookie, 'strict'), deniedAt(cookie, 'live')])
  return { strictAtMs, liveAtMs }
}

async function deniedAt(cookie: string, freshness: 'strict' | 'live'): Promise<number> {
  const startedAtMs = wallMs()
  for (;;) {
    if ((await sourceOf(cookie, freshness)) === 'ended') return wallMs()
    if (wallMs() - startedAtMs > longestMs) throw new Error(`a ${freshness} read was not denied within ${longestMs} ms`)
    await pause(pauseMs)
  }
}

async function sourceOf(cookie: string, freshness: 'strict' | 'live'): Promise<string> {
  const head = { method: 'GET', url: 'http://localhost:4410/', headers: { get: (name: string) => (name === 'cookie' ? cookie : null) } }
  const { result } = await clients[freshness].resolve(head)
  return result.status === 'active' ? result.source : result.status
}
