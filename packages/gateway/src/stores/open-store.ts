import { memoryStore } from './memory.ts'
import { sqliteStore } from './sqlite.ts'
import type { SessionStore } from './store.ts'

const methods = [
  'create',
  'read',
  'commit',
  'end',
  'endSubject',
  'endAll',
  'exchange',
  'confirm',
  'listBySubject',
  'findByIdpSession',
  'changesSince',
  'appendAudit',
  'auditQuery',
  'sweep',
  'signingKeys',
  'saveSigningKeys',
  'health',
  'close',
] as const satisfies readonly (keyof SessionStore)[]

/**
 * The store that a configuration names: `'memory'`, `'sqlite:<path>'`, or a store that was made already.
 *
 * @throws TypeError naming the option `store` for anything else.
 * @throws SessionError `store_unavailable` when a sqlite file cannot be opened.
 */
export function openStore(store: string | SessionStore, options: { readonly clock?: () => number } = {}): SessionStore {
  if (typeof store === 'object' && store !== null) return wholeStore(store)
  if (store === 'memory') return memoryStore(options)
  const path = typeof store === 'string' && store.startsWith('sqlite:') ? store.slice('sqlite:'.length) : ''
  if (path === '') throw new TypeError(`store: expected 'memory', 'sqlite:<path>' or a store, found ${schemeOf(store)}`)
  return sqliteStore({ ...options, path })
}

function wholeStore(store: SessionStore): SessionStore {
  const missing = methods.find((method) => typeof store[method] !== 'function')
  if (missing !== undefined) throw new TypeError(`store: expected every method of a store, found none called ${missing}`)
  return store
}

/** What was found, without what may be a password: the address of a store can carry one. */
function schemeOf(store: unknown): string {
  if (typeof store !== 'string') return store === null ? 'null' : typeof store
  const colon = store.indexOf(':')
  return colon === -1 ? JSON.stringify(store) : JSON.stringify(`${store.slice(0, colon)}:…`)
}
