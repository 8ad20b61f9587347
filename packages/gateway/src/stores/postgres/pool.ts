import { SessionError } from '@single-state/core/protocol'
import { type ClientBase, Pool, type PoolClient, types } from 'pg'
import type { PostgresAddress } from './address.ts'
import { failureOf, stateOf } from './failure.ts'
import { decodeText } from './text.ts'

/** A connection that was checked, and what is known of its server. */
export interface Connection {
  readonly client: ClientBase
  /** System identifier and timeline: another one after a promotion or a restore; empty where the server does not tell. */
  readonly server: string
  /** Whether the server has warned since `forgetWarnings`. */
  readonly warned: () => boolean
  readonly forgetWarnings: () => void
}

export interface Connections {
  /** Rejects with `SessionError` `store_unavailable`. */
  connect(): Promise<Connection>
  /** Gives it back; what broke is thrown away. */
  release(connection: Connection, broken: boolean): void
  close(): Promise<void>
}

/**
 * 600 ms to connect or to wait for a free connection: after a partition the next attempt is never further away than that, so
 * that the first good read comes within a second.
 */
const connectMs = 600
/** 1.5 s for a statement, within the gateway's own deadline for a commit. */
const statementMs = 1_500
/** 1.4 s behind another transaction: those take milliseconds, or their server waits for a standby. */
const lockMs = 1_400
/** 2 s: a gateway that is stopped inside a transaction holds the counters that every other one needs. */
const idleInTransactionMs = 2_000
/**
 * 1.6 s without an answer, and the connection is given up: the server's own limits come first where it can still speak.
 * They do not hold for COMMIT, which waits for a standby as long as it takes.
 */
const answerMs = 1_600

/** Opens connections as they are needed, at most `max`. */
export function createConnections({ connectionString, schema }: PostgresAddress, max: number): Connections {
  const known = new WeakMap<ClientBase, Connection>()
  const pool = new Pool({
    connectionString,
    max,
    connectionTimeoutMillis: connectMs,
    query_timeout: answerMs,
    keepAlive: true,
    // BEGIN leaves with the statement that follows it, COMMIT with the one before.
    pipeline: true,
    fallback_application_name: 'single-state',
    types: { getTypeParser: parserOf },
    onConnect: async (client) => {
      known.set(client, await prepare(client, schema))
    },
  })
  // An idle connection that breaks is gone from the pool already; whoever asks next gets another.
  pool.on('error', () => undefined)
  let closed: Promise<void> | undefined
  let isAway = false
  let attempt: Promise<void> | null = null

  /** Lets one caller find out for all: a server that comes back would first have to serve every attempt that was given up. */
  function untilBack(): Promise<void> {
    attempt ??= open()
      .then((client) => client.release())
      .finally(() => {
        attempt = null
      })
    return attempt
  }

  async function open(): Promise<PoolClient> {
    try {
      const client = await pool.connect()
      isAway = false
      return client
    } catch (error) {
      isAway = true
      throw error
    }
  }

  return {
    async connect() {
      if (closed) throw new SessionError('store_unavailable', 'postgres: the store is closed')
      try {
        if (isAway) await untilBack()
        const client = await open()
        // Errors of the socket reach the query that is under way; without a listener they would end the process.
        client.on('error', ignore)
        return known.get(client) as Connection
      } catch (error) {
        throw failureOf(error, 'nothing')
      }
    },
    release({ client }, broken) {
      ;(client as PoolClient).release(broken)
      client.off('error', ignore)
    },
    close: () => {
      closed ??= pool.end()
      return closed
    },
  }
}

/** Counts and times are below 2^53; texts are as `text.ts` writes them. */
const parserOf: typeof types.getTypeParser = (oid: number, format?: 'text' | 'binary') => {
  if (oid === types.builtins.INT8) return Number
  if (oid === types.builtins.TEXT) return decodeText
  return types.getTypeParser(oid, format as 'text')
}

function ignore(): void {}

/** A role or a database may have it off; what is acknowledged here is on the disk. */
const neverOff =
  "set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)"

async function prepare(client: ClientBase, schema: string): Promise<Connection> {
  let warnings = 0
  // Class 01 is a warning in every language of the server.
  client.on('notice', ({ code }) => {
    if (code?.startsWith('01')) warnings += 1
  })
  const settings: readonly (readonly [string, string])[] = [
    ['search_path', schema],
    ['statement_timeout', `${statementMs}`],
    ['lock_timeout', `${lockMs}`],
    ['idle_in_transaction_session_timeout', `${idleInTransactionMs}`],
    // A wait for a standby that was cancelled is told in a warning and nowhere else.
    ['client_min_messages', 'warning'],
  ]
  const set = settings.map((_, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, false)`)
  const { rows } = await client.query(`SELECT pg_is_in_recovery() AS "isStandby", ${neverOff}, ${set.join(', ')}`, settings.flat())
  if (rows[0].isStandby) throw new SessionError('store_unavailable', 'postgres: expected the primary, found a standby')
  const server = await serverOf(client)
  return {
    client,
    server,
    warned: () => warnings > 0,
    forgetWarnings: () => {
      warnings = 0
    },
  }
}

/** Functions that every role may call, but not every service offers: permission, feature, function. */
const notTold = new Set(['42501', '0A000', '42883'])

async function serverOf(client: ClientBase): Promise<string> {
  try {
    // The log's own file name tells the timeline at once after a promotion; the control file does so a checkpoint later.
    const { rows } = await client.query(
      "SELECT (pg_control_system()).system_identifier || '.' || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS server",
    )
    return rows[0].server
  } catch (error) {
    if (notTold.has(stateOf(error) ?? '')) return ''
    throw error
  }
}
