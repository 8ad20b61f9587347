import { SessionError } from '@single-state/core/protocol'
import { Client } from 'pg'
import { type PostgresAddress, parseAddress } from './address.ts'
import { failureOf, namedFailure } from './failure.ts'
import { type Migration, migrations } from './migrations.ts'

/** The schema that this release works with. */
export const knownSchema = migrations.length

const tableSql =
  'CREATE TABLE IF NOT EXISTS migrations (number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())'

/** Any number of ours: one migration at a time in a database. */
const migrationLock = 5_353_544_101

/**
 * Brings a database to the schema of this release, one gateway or command at a time; answers the names of the steps that it
 * took. The role has to be allowed to create the schema, or to create tables in it where it exists.
 *
 * @throws SessionError `store_unavailable` when the database does not answer or was written by a newer release.
 */
export async function migratePostgres(url: string): Promise<readonly string[]> {
  const address = parseAddress(url)
  const client = new Client({ connectionString: address.connectionString, connectionTimeoutMillis: 5_000, query_timeout: 60_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('BEGIN')
    await client.query(`SELECT pg_advisory_xact_lock(${migrationLock})`)
    const missing = await missingSteps(client, address)
    for (const { number, name, sql } of missing) {
      await client.query(sql)
      await client.query('INSERT INTO migrations (number, name) VALUES ($1, $2)', [number, name])
    }
    await client.query('COMMIT')
    return missing.map(stepName)
  } catch (error) {
    throw namedFailure(address.name, failureOf(error, 'nothing'))
  } finally {
    await client.end()
  }
}

async function missingSteps(client: Client, { schema, name }: PostgresAddress): Promise<readonly Migration[]> {
  // A role that may not create schemas can still migrate in one that was made for it.
  const { rowCount } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema])
  if (rowCount === 0) await client.query(`CREATE SCHEMA ${schema}`)
  await client.query(`SET LOCAL search_path TO ${schema}`)
  await client.query(tableSql)
  const { rows } = await client.query('SELECT coalesce(max(number), 0) AS reached FROM migrations')
  const reached = Number(rows[0].reached)
  if (reached > knownSchema) throw newer(name, reached)
  return migrations.slice(reached)
}

/** The same steps as SQL, for people who apply them by other means: all of them, each guarded by nothing. */
export function printMigrations(url: string): string {
  const { schema } = parseAddress(url)
  const steps = migrations.map(
    ({ number, name, sql }) =>
      `-- ${stepName({ number, name })}\n${sql.trim()}\nINSERT INTO migrations (number, name) VALUES (${number}, '${name}');`,
  )
  return [
    `BEGIN;`,
    `CREATE SCHEMA IF NOT EXISTS ${schema};`,
    `SET LOCAL search_path TO ${schema};`,
    `${tableSql};`,
    ...steps,
    'COMMIT;',
  ].join('\n\n')
}

/** Refuses a schema that this release does not know how to serve; null stands for none. */
export function expectSchema<Settings extends { readonly schema: number }>(name: string, settings: Settings | null): Settings {
  const reached = settings?.schema ?? 0
  if (reached > knownSchema) throw newer(name, reached)
  if (settings !== null && reached === knownSchema) return settings
  const found = reached === 0 ? 'none' : `${reached}`
  throw new SessionError('store_unavailable', `store ${name}: expected schema ${knownSchema}, found ${found}; run 'single-state migrate'`)
}

function newer(name: string, reached: number): SessionError {
  const expected = `expected schema ${knownSchema} or older, found schema ${reached}, which a newer release has written`
  return new SessionError('store_unavailable', `store ${name}: ${expected}; run this command or gateway from that release`)
}

function stepName({ number, name }: Omit<Migration, 'sql'>): string {
  return `${`${number}`.padStart(4, '0')}-${name}`
}
