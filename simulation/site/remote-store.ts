import type { SessionStore } from '@single-state/gateway'
import type { Network } from '../world/network.ts'
import type { Process } from '../world/process.ts'

/** Carries one call of a gateway to where its store is, and the answer back. */
export type StoreCarrier = <Answer>(call: () => Promise<Answer>) => Promise<Answer>

interface Way {
  readonly name: string
  readonly network: Network
  readonly gateway: Process
  readonly store: Process
  /** Before the world begins there is no distance in it. */
  readonly hasBegun: () => boolean
}

/** A connection: a call is carried once or not at all, and a lost answer leaves the caller to its deadline. */
export function createStoreCarrier({ name, network, gateway, store, hasBegun }: Way): StoreCarrier {
  return (call) => {
    if (!hasBegun()) return call()
    return new Promise((resolve, reject) => {
      const back = (settle: () => void) => network.sendOnce(`${name} answers`, gateway, settle)
      network.sendOnce(name, store, () => {
        call().then(
          (answer) => back(() => resolve(answer)),
          (error) => back(() => reject(error)),
        )
      })
    })
  }
}

/** A store as a gateway sees it that is some way off. */
export function remoteStore(store: SessionStore, carry: StoreCarrier): SessionStore {
  return {
    name: store.name,
    durability: store.durability,
    create: (...args) => carry(() => store.create(...args)),
    read: (...args) => carry(() => store.read(...args)),
    commit: (...args) => carry(() => store.commit(...args)),
    end: (...args) => carry(() => store.end(...args)),
    endSubject: (...args) => carry(() => store.endSubject(...args)),
    endAll: (...args) => carry(() => store.endAll(...args)),
    exchange: (...args) => carry(() => store.exchange(...args)),
    confirm: (...args) => carry(() => store.confirm(...args)),
    listBySubject: (...args) => carry(() => store.listBySubject(...args)),
    findByIdpSession: (...args) => carry(() => store.findByIdpSession(...args)),
    changesSince: (...args) => carry(() => store.changesSince(...args)),
    appendAudit: (...args) => carry(() => store.appendAudit(...args)),
    auditQuery: (...args) => carry(() => store.auditQuery(...args)),
    sweep: (...args) => carry(() => store.sweep(...args)),
    signingKeys: () => carry(() => store.signingKeys()),
    saveSigningKeys: (...args) => carry(() => store.saveSigningKeys(...args)),
    health: () => carry(() => store.health()),
    diagnose: () => carry(() => store.diagnose()),
    close: () => store.close(),
  }
}
