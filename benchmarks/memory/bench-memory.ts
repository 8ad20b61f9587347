import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSessionClient, type SessionClient } from '@single-state/core'
import { undiciTransport } from '@single-state/core/node'
import { heapBytes } from '../../tools/heap-bytes.ts'
import { contract } from '../gateway/contract.ts'
import { machine } from '../measure/machine.ts'
import { startChild } from '../measure/orders.ts'
import { table } from '../report/table.ts'

/** What the command line asks for. */
export interface MemoryOptions {
  readonly json?: string | undefined
}

/** Everything that one run showed. */
export interface MemoryResult {
  readonly machine: string
  readonly people: number
  /** Heap of an application for each session that it holds. */
  readonly bytes: number
}

/** 3,000: tables grow by doubling, and at three quarters of 4,096 places they are neither at their best nor at their worst. */
const people = 3_000

/** Read before the first figure: what a client makes once is no session's. */
const warm = 200

/** What a browser sends beside the session. None of it may stay in memory. */
const otherCookies = `theme=${'d'.repeat(1_000)}; `

/** The heap of an application process, all that it keeps for a session counted: snapshot, verified token, highest version. */
export async function benchMemory({ json }: MemoryOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'benchmark-'))
  const order = { store: `sqlite:${join(folder, 'sessions.db')}`, count: people }
  const gateway = await startChild<{ origin: string; key: string; cookies: readonly string[] }>('gateway/gateway-process.ts', order)
  try {
    const { origin, key, cookies } = gateway.ready
    const newClient = () => createSessionClient(contract, { application: 'portal', gateway: origin, key, transport: undiciTransport() })
    // The engine compiles what runs often, some 700 KB of it. A client that is let go has that done before the first figure.
    await bytesOf(newClient(), cookies)
    const bytes = await bytesOf(newClient(), cookies)
    const result: MemoryResult = { machine: machine(), people, bytes }
    process.stdout.write(
      `${result.machine}\n\n${table([
        ['sessions', 'bytes of heap for each'],
        [String(people), String(bytes)],
      ])}\n`,
    )
    if (json) await writeFile(json, `${JSON.stringify(result, null, 2)}\n`)
  } finally {
    await gateway.process.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Reads every session once; answers the heap of each. */
async function bytesOf(client: Client, cookies: readonly string[]): Promise<number> {
  for (const cookie of cookies.slice(0, warm)) await read(client, cookie)
  const before = await heapBytes()
  for (const cookie of cookies.slice(warm)) await read(client, cookie)
  const bytes = Math.round(((await heapBytes()) - before) / (people - warm))
  client.close()
  return bytes
}

async function read(client: Client, cookie: string): Promise<void> {
  // A header of its own for every request, as it comes from a socket.
  const header = Buffer.from(`${otherCookies}${cookie}`).toString('latin1')
  const head = { method: 'GET', url: 'http://localhost:4410/', headers: { get: (name: string) => (name === 'cookie' ? header : null) } }
  const { result } = await client.resolve(head)
  if (result.status !== 'active') throw new Error(`a session was ${result.status}`)
}

type Client = SessionClient<typeof contract, 'portal'>
