import { expectOptions, type Receipt } from '@single-state/core/protocol'
import type { SessionStore } from '../store.ts'
import { parseAddress } from './address.ts'
import { failureOf, namedFailure, stateOf } from './failure.ts'
import type { ServerSettings } from './notes.ts'
import { type Connections, createConnections } from './pool.ts'
import { postgresVerbs } from './postgres-store.ts'
import { expectSchema, migratePostgres } from './schema.ts'
import { readSettings } from './statements.ts'
import { createTransactions } from './transactions.ts'

/** How a PostgreSQL store is made. */
export interface PostgresStoreOptions {
  /**
   * `postgres://user:password@host:port/database`, with `?schema=` for another schema than `single_state`, and the driver's
   * own settings such as `sslmode=verify-full`. One primary: a pooler between has to keep a session on its connection.
   */
  readonly url: string
  /** Most connections at once, 4 to 100; three of them are kept for reads. Default 10. */
  readonly connections?: number
  /** Applies missing migrations first, where the role may. Default false: `single-state migrate` does it. */
  readonly migrate?: boolean
  /** The store's clock, milliseconds since 1970. Default the database's. */
  readonly clock?: () => number
}

/**
 * Opens a store in PostgreSQL 14 or newer, for any number of gateways.
 *
 * What is acknowledged is on the primary's disk, and on its synchronous standbys where there are some; a wait for those
 * that was cancelled is `outcome_unknown`.
 *
 * ```ts
 * const store = await postgresStore({ url: 'postgres://gateway@db.internal/sessions' })
 * ```
 *
 * @throws TypeError for an address that is none.
 * @throws SessionError `store_unavailable` when the server does not answer, is a standby, or has another schema than this
 * release knows.
 */
export async function postgresStore(options: PostgresStoreOptions): Promise<SessionStore> {
  expectOptions(options, ['url', 'connections', 'migrate', 'clock'], 'postgresStore')
  const { url, connections: max = 10, migrate = false, clock } = options
  const address = parseAddress(url)
  if (!Number.isInteger(max) || max < 4 || max > 100) throw new TypeError(`connections: expected 4 to 100, found ${max}`)
  if (migrate) await migratePostgres(url)
  const connections = createConnections(address, max)
  try {
    const settings = expectSchema(address.name, await settingsOf(connections))
    return postgresVerbs({
      name: address.name,
      durability: durabilityOf(settings),
      schema: address.schema,
      transactions: createTransactions(connections, max),
      clock: clock ?? null,
      close: connections.close,
    })
  } catch (error) {
    await connections.close()
    throw namedFailure(address.name, error)
  }
}

async function settingsOf(connections: Connections): Promise<ServerSettings | null> {
  const connection = await connections.connect()
  try {
    const { rows } = await connection.client.query(readSettings)
    return rows[0]
  } catch (error) {
    if (stateOf(error) === noTable) return null
    throw failureOf(error, 'nothing')
  } finally {
    connections.release(connection, false)
  }
}

/** SQLSTATE undefined_table. */
const noTable = '42P01'

/** What a commit survives that was acknowledged under these settings. */
function durabilityOf({ fsync, wait, standbys }: ServerSettings): Receipt['durability'] {
  if (fsync !== 'on') return 'memory'
  return standbys !== '' && wait !== 'local' ? 'replicas' : 'disk'
}
