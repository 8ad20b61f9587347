import type { ConnectionOptions } from 'node:tls'
import { Redis, type RedisOptions } from 'ioredis'
import type { RedisAddress } from './redis-address.ts'
import type { Script } from './scripts/script.ts'

/** One connection. It never comes back by itself: whoever makes the next one asks first whose data it finds. */
export interface RedisConnection {
  /** Sends one command; rejects with the server's refusal, or when no answer came in time, which ends the connection. */
  send(...command: readonly (string | number)[]): Promise<unknown>
  /** Runs a script, and sends its text where the server does not know it. */
  run(script: Script, prefix: string, args: readonly (string | number)[]): Promise<unknown>
  isOpen(): boolean
  close(): void
}

/** 500 ms to connect, so that a store that comes back is met within a second. */
const connectMs = 500

/** 1 s for an answer: a server that is silent for longer is not believed to come back on this connection. */
const answerMs = 1_000

/**
 * Opens a connection.
 *
 * The driver's own second chances are switched off: no queue while it is away, no resend, no reconnect. A write that was
 * sent and not answered is reported as such.
 */
export async function openConnection(
  address: RedisAddress,
  tls: ConnectionOptions | undefined,
  onLost: () => void,
): Promise<RedisConnection> {
  const options: RedisOptions & { replyMapping: 'legacy' } = {
    ...placeOf(address, tls),
    db: address.db,
    protocol: 2,
    replyMapping: 'legacy',
    lazyConnect: true,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: connectMs,
    commandTimeout: answerMs,
    disableClientInfo: true,
  }
  const client = new Redis(options)
  client.on('error', () => {})
  client.on('end', onLost)
  const stuck = setTimeout(() => client.disconnect(), 2 * connectMs)
  try {
    await client.connect()
  } catch (error) {
    client.disconnect()
    throw withoutCommand(error)
  } finally {
    clearTimeout(stuck)
  }
  return connectionOn(client)
}

function connectionOn(client: Redis): RedisConnection {
  const send = async (...[name, ...args]: readonly (string | number)[]): Promise<unknown> => {
    try {
      return await client.call(String(name), ...args)
    } catch (error) {
      if (error instanceof Error && error.message === 'Command timed out') client.disconnect()
      throw withoutCommand(error)
    }
  }
  return {
    send,
    run: async ({ sha, lua }, prefix, args) => {
      try {
        return await send('EVALSHA', sha, 1, prefix, ...args)
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
        return send('EVAL', lua, 1, prefix, ...args)
      }
    },
    isOpen: () => client.status === 'ready',
    close: () => client.disconnect(),
  }
}

/** The driver hangs the command on its errors, a password or a session among its arguments: not for a log. */
function withoutCommand(error: unknown): unknown {
  if (error instanceof Error && 'command' in error) delete error.command
  return error
}

function placeOf({ tls, username, password, host, port, sentinels }: RedisAddress, options: ConnectionOptions | undefined): RedisOptions {
  const secure = tls ? (options ?? {}) : null
  const credentials = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) }
  if (sentinels === null) return { host, port, ...credentials, ...(secure && { tls: secure }) }
  return {
    sentinels: [...sentinels.nodes],
    name: sentinels.primary,
    ...(sentinels.password !== undefined && { sentinelPassword: sentinels.password }),
    ...credentials,
    // A Sentinel that was moved knows of it before the connection breaks.
    failoverDetector: true,
    sentinelRetryStrategy: () => null,
    sentinelCommandTimeout: connectMs,
    sentinelMaxConnections: 3,
    ...(secure && { tls: secure, enableTLSForSentinelMode: true, sentinelTLS: secure }),
  }
}
