/** Where a Redis is: itself, or the Sentinels that know. */
export interface RedisAddress {
  /** The address without user and password: for messages. */
  readonly name: string
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  readonly db: number
  readonly host: string
  readonly port: number
  /** Null for a Redis that is named itself. */
  readonly sentinels: Sentinels | null
}

/** Who knows where the primary is. */
export interface Sentinels {
  /** The name that they know the primary by. */
  readonly primary: string
  readonly nodes: readonly { readonly host: string; readonly port: number }[]
  /** Their own, which is not that of the Redis. */
  readonly password?: string
}

const form = /^(rediss?)(\+sentinel)?:\/\/(?:([^@/]*)@)?([^@/]+)((?:\/[^/?#]+)*)\/?$/

/**
 * Reads an address: `redis[s]://[user:password@]host[:port][/db]`, or
 * `redis[s]+sentinel://[user:password@]host:port[,host:port…]/<name of the primary>[/db]`.
 *
 * @throws TypeError naming the option `url`, never with what may be a password.
 */
export function parseRedisAddress(url: string): RedisAddress {
  const found = typeof url === 'string' ? form.exec(url) : null
  if (found === null) throw new TypeError('url: expected redis://host:port, rediss://host:port or redis+sentinel://host:port,…/name')
  const [, scheme, sentinel, credentials, hosts = '', path = ''] = found
  const nodes = hosts.split(',').map((text) => nodeOf(text, sentinel ? 26_379 : 6_379))
  const [first] = nodes
  const parts = path.split('/').filter((part) => part !== '')
  const primary = sentinel ? parts.shift() : undefined
  const [db = '0', ...rest] = parts
  if (sentinel && primary === undefined) throw new TypeError('url: expected the name of the primary after the sentinels, found none')
  if (first === undefined || rest.length > 0 || !/^\d{1,4}$/.test(db))
    throw new TypeError('url: expected at most a database number at its end')
  if (!sentinel && nodes.length > 1) throw new TypeError('url: expected one host; several are for redis+sentinel://')
  return {
    name: `${scheme}${sentinel ?? ''}://${hosts}${path}`,
    tls: scheme === 'rediss',
    ...credentialsOf(credentials),
    db: Number(db),
    ...first,
    sentinels: primary === undefined ? null : { primary: decodeURIComponent(primary), nodes },
  }
}

function nodeOf(text: string, usualPort: number): { host: string; port: number } {
  const found = /^(\[[0-9a-f:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/i.exec(text)
  if (found === null) throw new TypeError('url: expected host:port')
  const [, host = '', port = `${usualPort}`] = found
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

function credentialsOf(text: string | undefined): { username: string | undefined; password: string | undefined } {
  if (text === undefined) return { username: undefined, password: undefined }
  const colon = text.indexOf(':')
  const [user, password] = colon === -1 ? ['', text] : [text.slice(0, colon), text.slice(colon + 1)]
  return { username: user === '' ? undefined : decodeURIComponent(user), password: decodeURIComponent(password) }
}
