/** Where a store lives: a database and a schema in it. */
export interface PostgresAddress {
  /** For the driver, credentials included. */
  readonly connectionString: string
  readonly schema: string
  /** For people: host, port, database and schema, nothing else. */
  readonly name: string
}

/** A name that needs no quotes, so that it reads alike in SQL, in psql and in our messages. */
const plainName = /^[a-z_][a-z0-9_]{0,62}$/

/**
 * Reads `postgres://user:password@host:port/database?schema=name`.
 *
 * @throws TypeError that names what is wrong, without the address: it may hold a password.
 */
export function parseAddress(url: string): PostgresAddress {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new TypeError("url: expected 'postgres://user:password@host:port/database', found something else")
  }
  const schema = parsed.searchParams.get('schema') ?? 'single_state'
  if (!plainName.test(schema) || schema.startsWith('pg_')) {
    throw new TypeError(`url: expected a schema of small letters, digits and _, found ${JSON.stringify(schema)}`)
  }
  parsed.searchParams.delete('schema')
  const where = `${parsed.hostname || 'localhost'}:${parsed.port || '5432'}${parsed.pathname}`
  return { connectionString: parsed.href, schema, name: `postgres://${where} schema ${schema}` }
}
