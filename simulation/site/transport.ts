import type { Transport } from '@single-state/core'
import { between, oneOf, type Random } from '../../faults/load/random.ts'
import type { Network } from '../world/network.ts'
import type { Process } from '../world/process.ts'
import type { Scheduler } from '../world/scheduler.ts'
import { origin } from './contract.ts'
import type { GatewayNode } from './gateway-node.ts'

interface TransportOptions {
  readonly process: Process
  /** The way that its messages take. */
  readonly way: string
  readonly network: Network
  readonly nodes: readonly GatewayNode[]
  readonly scheduler: Scheduler
  readonly random: Random
  /** Share of requests whose connection breaks while they are under way. */
  readonly resets: number
}

type Settle = { readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void }
type Answer = Awaited<ReturnType<Transport>>

/** How often a connection is given up although nothing is wrong with it. */
const reconnects = 0.03

/** Carries the requests of one process to the gateways: to the one that it is connected to, until that connection fails. */
export function createTransport({ process, way, network, nodes, scheduler, random, resets }: TransportOptions): Transport {
  let connected: GatewayNode | null = null
  const later = (mostMs: number, call: () => void) => process.deliver(scheduler.nowMs() + between(random, 0.1, mostMs), call)

  async function answer(node: GatewayNode, request: Request, settle: Settle): Promise<void> {
    const answering = node.running() as Process
    const response = await node.gateway().fetch(request)
    const body = await response.text()
    if (!answering.isAlive()) return
    network.sendOnce(way, process, () => settle.resolve({ status: response.status, header: (name) => response.headers.get(name), body }))
  }

  return ({ method, path, headers, body, timeoutMs }) =>
    new Promise((resolve, reject) => {
      if (connected === null || random() < reconnects) connected = oneOf(random, nodes)
      const node = connected
      const target = node.running()
      if (target === null) connected = null
      if (target === null) return later(2, () => reject(failure('ECONNREFUSED')))
      const forget = node.onCrash(() => later(5, () => settle.reject(failure('ECONNRESET'))))
      const stop = process.timers.after(timeoutMs, () => settle.reject(failure('ETIMEDOUT')))
      const settle: Settle = {
        resolve: (answer) => resolve(over(answer)),
        reject: (error) => {
          connected = null
          reject(over(error))
        },
      }
      const over = <Value>(value: Value) => {
        forget()
        stop()
        return value
      }
      if (random() < resets) later(600, () => settle.reject(failure('ECONNRESET')))
      network.send(way, target, () => {
        const request = new Request(`${origin}${path}`, { method, headers, ...(body !== undefined && { body }) })
        void answer(node, request, settle)
      })
    })
}

/** What a connection fails with. Its stack says nothing, and costs more than the rest of the request. */
function failure(code: string): object {
  return { message: code, code }
}
