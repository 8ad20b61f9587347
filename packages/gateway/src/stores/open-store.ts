import { withDriver } from './driver.ts'
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
  'diagnose',
  'close',
] as const satisfies readonly (keyof SessionStore)[]

type StoreOptions = { readonly clock?: () => number }

/** A store behind a driver that an organisation installs only if it uses it. */
interface DrivenStore {
  readonly schemes: RegExp
  readonly driver: string
  readonly open: (url: string, options: StoreOptions) => Promise<SessionStore>
}

const drivenStores: readonly DrivenStore[] = [
  {
    schemes: /^rediss?(\+sentinel)?:/,
    driver: 'ioredis',
    open: async (url, options) => (await import('./redis/redis-store.ts')).redisStore({ ...options, url }),
  },
  {
    schemes: /^postgres(ql)?:/,
    driver: 'pg',
    open: async (url, options) => (await import('./postgres/postgres.ts')).postgresStore({ ...options, url }),
  },
]

/**
 * The store that a configuration names: `'memory'`, `'sqlite:<path>'`, `'redis://…'`, `'postgres://…'`, or a store that was made already.
 *
 * @throws TypeError naming the option `store` for anything else, or the package that such a store needs.
 * @throws SessionError `store_unavailable` when a sqlite file cannot be opened or a server does not answer.
 */
export async function openStore(store: string | SessionStore, options: StoreOptions = {}): Promise<SessionStore> {
  if (typeof store === 'object' && store !== null) return wholeStore(store)
  if (store === 'memory') return memoryStore(options)
  const path = typeof store === 'string' && store.startsWith('sqlite:') ? store.slice('sqlite:'.length) : ''
  if (path !== '') return sqliteStore({ ...options, path })
  const driven = typeof store === 'string' ? drivenStores.find(({ schemes }) => schemes.test(store)) : undefined
  if (driven === undefined) throw new TypeError(`store: expected ${accepted}, found ${schemeOf(store)}`)
  return withDriver(driven.driver, () => driven.open(store, options))
}

const accepted = "'memory', 'sqlite:<path>', 'redis://…', 'postgres://…' or a store"

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
