// One application process that means well: node timed-application.ts <folder>
// Reads order.json there. POST / with a number of seconds reads a session at a steady pace for so long, and answers how long each
// read took.
import { Agent, createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { announce, readOrder } from '../measure/orders.ts'

/** What the runner asks for. */
export interface TimedOrder {
  readonly gateway: string
  readonly key: string
  readonly cookie: string
}

/** Milliseconds of each read. */
export interface Times {
  /** By connections that are kept, as applications do. */
  readonly kept: readonly number[]
  /** Each by a connection of its own, which the gateway first has to accept. */
  readonly fresh: readonly number[]
}

/** 10 ms between two reads of a kind. None waits for the one before: what holds an answer up must not hide the reads behind it. */
const pauseMs = 10

const { gateway, key, cookie } = await readOrder<TimedOrder>()
const agents = { kept: new Agent({ keepAlive: true, maxSockets: 16 }), fresh: false } as const
let token = cookie.slice(cookie.indexOf('=') + 1)

const server = createServer(async (request, response) => {
  const seconds = Number(await text(request))
  const answer = await measure(seconds).catch((error: unknown) => ({ failed: String(error) }))
  response.end(JSON.stringify(answer))
}).listen(0, '127.0.0.1', () => void announce({ port: (server.address() as AddressInfo).port }))
process.once('SIGTERM', () => process.exit(0))

async function measure(seconds: number): Promise<Times> {
  // The gateway may have closed, a moment ago, what has been idle since the last round.
  agents.kept.destroy()
  // A token lives for five minutes, and all rounds together longer.
  token = JSON.parse(await call('POST', '/v1/session/token', agents.kept)).token
  const reads = { kept: [] as Promise<number>[], fresh: [] as Promise<number>[] }
  const endMs = performance.now() + seconds * 1_000
  while (performance.now() < endMs) {
    reads.kept.push(timed(agents.kept))
    reads.fresh.push(timed(agents.fresh))
    await pause(pauseMs)
  }
  return { kept: await Promise.all(reads.kept), fresh: await Promise.all(reads.fresh) }
}

function timed(agent: Agent | false): Promise<number> {
  const startedAt = performance.now()
  const read = call('GET', '/v1/session', agent).then(() => performance.now() - startedAt)
  // Looked at when all are done.
  read.catch(() => undefined)
  return read
}

/** Rejects for anything but 200: a refusal is no figure. */
function call(method: 'GET' | 'POST', path: string, agent: Agent | false): Promise<string> {
  const sent = method === 'POST' ? { 'content-type': 'application/json' } : {}
  const headers = { authorization: `Bearer ${key}`, 'session-token': token, 'contract-revision': '1', ...sent }
  return new Promise((resolve, reject) => {
    const request = httpRequest(new URL(path, gateway), { method, headers, agent, timeout: 10_000 }, (response) => {
      text(response).then((body) => {
        if (response.statusCode === 200) resolve(body)
        else reject(new Error(`the gateway answered ${response.statusCode}: ${body}`))
      }, reject)
    })
    request.on('timeout', () => request.destroy(new Error('no answer in 10 s')))
    request.on('error', reject)
    request.end(method === 'POST' ? '{}' : undefined)
  })
}
