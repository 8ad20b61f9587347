import { createGateway, developmentPeople, type Gateway, type SessionStore } from '@single-state/gateway'
import type { Process } from '../world/process.ts'
import type { Scheduler } from '../world/scheduler.ts'
import { contract, origin, portalKey } from './contract.ts'
import { tokens } from './tokens.ts'

/** One gateway of several: a process, and the next one after a crash. */
export interface GatewayNode {
  /** The process that runs now; null while there is none. */
  running(): Process | null
  gateway(): Gateway
  /** Ends the process, and everything that is connected to it; the next one starts so much later. */
  crash(downMs: number): void
  /** Calls when the process ends; what it answers takes that back. */
  onCrash(call: () => void): () => void
}

/** A process and the gateway in it. */
export interface Incarnation {
  readonly process: Process
  readonly gateway: Gateway
}

/** Makes a real gateway of the world: its clocks and timers are those of its process. */
export async function createIncarnation(process: Process, store: SessionStore): Promise<Incarnation> {
  const { clock, timers } = process
  const gateway = await createGateway(
    {
      contract,
      origin,
      store,
      idp: developmentPeople([{ subject: 'ada' }]),
      applications: { portal: { key: portalKey, origins: [origin] } },
      derive: () => ({ context: {} }),
      secret: 's'.repeat(43),
      log: { level: 'silent' },
    },
    { clock: clock.wallMs, monotonic: clock.monotonicMs, timers, tokens, env: {} },
  )
  return { process, gateway }
}

/** Makes a node; the process that takes the place of one that has crashed is the next of `spares`. */
export function createGatewayNode(first: Incarnation, spares: Incarnation[], scheduler: Scheduler): GatewayNode {
  const connected = new Set<() => void>()
  let current = first
  let isDown = false

  return {
    running: () => (isDown ? null : current.process),
    gateway: () => current.gateway,
    crash(downMs) {
      const next = isDown ? undefined : spares.pop()
      if (!next) return
      current.process.crash()
      isDown = true
      for (const lost of [...connected]) lost()
      scheduler.at(scheduler.nowMs() + downMs, () => {
        current = next
        isDown = false
      })
    },
    onCrash(call) {
      connected.add(call)
      return () => connected.delete(call)
    },
  }
}
