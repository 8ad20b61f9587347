import { openDatabase } from './sqlite-database.ts'
import { storeOn } from './sqlite-store.ts'
import type { SessionStore } from './store.ts'

/** How a sqlite store is made. */
export interface SqliteStoreOptions {
  /** The database file; made, readable by its owner alone, when it is not there. Its folder must exist. */
  readonly path: string
  /** The store's clock, milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number
}

/**
 * A store in one file: durable on one machine, for one gateway process.
 *
 * Sessions and audit share the disk: when it is full, writes, exchanges and ends are all refused and reads go on.
 *
 * ```ts
 * const store = sqliteStore({ path: './sessions.db' })
 * ```
 *
 * @throws TypeError when `path` is not the name of a file.
 * @throws SessionError `store_unavailable` when the file is in use, of a newer release, of another program, or unusable.
 */
export function sqliteStore({ path, clock = Date.now }: SqliteStoreOptions): SessionStore {
  if (typeof path !== 'string' || path === '' || path === ':memory:') {
    throw new TypeError(`path: expected the name of a file, found ${JSON.stringify(path)}`)
  }
  return storeOn(openDatabase(path), `sqlite:${path}`, clock)
}
