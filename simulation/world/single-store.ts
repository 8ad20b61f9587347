import { memoryStore, type SessionStore } from '@single-state/gateway'
import type { Random } from '../../faults/load/random.ts'
import { createStoreCarrier, remoteStore } from '../site/remote-store.ts'
import type { Network } from './network.ts'
import { createProcess, type Process } from './process.ts'
import type { Scheduler } from './scheduler.ts'

/** The stores of a world, as gateways and checkers see them. */
export interface StoreSite {
  /** The store of one gateway process. */
  storeFor(gateway: Process): SessionStore
  /** The store that counts in the end, at no distance. */
  final(): Pick<SessionStore, 'read' | 'auditQuery'>
  /** False while nobody is in charge of it. */
  isReady(): boolean
  /** What can go wrong with it beside the network. */
  readonly faults: readonly (() => void)[]
}

export interface StoreSiteOptions {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly network: Network
  readonly hasBegun: () => boolean
  /** Told of every new primary, before any gateway is. */
  readonly onFailover: () => void
}

/** One store that is never wrong. */
export function createSingleStore({ scheduler, random, network, hasBegun }: StoreSiteOptions): StoreSite {
  const process = createProcess({ name: 'store', scheduler, random, rateError: 0 })
  const store = memoryStore({ clock: process.clock.wallMs })
  return {
    storeFor: (gateway) =>
      remoteStore(store, createStoreCarrier({ name: `${gateway.name} store`, network, gateway, store: process, hasBegun })),
    final: () => store,
    isReady: () => true,
    faults: [() => process.stop(50 + random() * 500)],
  }
}
