import type { SessionStore } from '../stores/store.ts'
import { documentPlace, type Sealing, signalPlace } from './sealing.ts'

/**
 * A store that is given sealed texts alone: no way of writing can forget to seal. Records come back as the store has
 * them; `ParsedDocuments` opens them, once for each version.
 */
export function sealedStore(store: SessionStore, { on, seal }: Sealing): SessionStore {
  if (!on) return store
  const { name, durability } = store
  return {
    name,
    durability,
    create: async (session, audit) => store.create({ ...session, body: await seal(documentPlace(session.id), session.body) }, audit),
    commit: async (change, audit) => {
      const { id, body, signal } = change
      const sealedBody = body === null ? null : await seal(documentPlace(id), body)
      const sealedSignal = signal && { ...signal, value: await seal(signalPlace(id, signal.name), JSON.stringify(signal.value)) }
      return store.commit({ ...change, body: sealedBody, signal: sealedSignal }, audit)
    },
    read: (...args) => store.read(...args),
    end: (...args) => store.end(...args),
    endSubject: (...args) => store.endSubject(...args),
    endAll: (...args) => store.endAll(...args),
    exchange: (...args) => store.exchange(...args),
    confirm: (...args) => store.confirm(...args),
    listBySubject: (...args) => store.listBySubject(...args),
    findByIdpSession: (...args) => store.findByIdpSession(...args),
    changesSince: (...args) => store.changesSince(...args),
    appendAudit: (...args) => store.appendAudit(...args),
    auditQuery: (...args) => store.auditQuery(...args),
    sweep: (...args) => store.sweep(...args),
    signingKeys: () => store.signingKeys(),
    saveSigningKeys: (...args) => store.saveSigningKeys(...args),
    health: () => store.health(),
    diagnose: () => store.diagnose(),
    close: () => store.close(),
  }
}
