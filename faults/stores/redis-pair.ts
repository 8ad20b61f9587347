import { setTimeout as pause } from 'node:timers/promises'
import { type RedisServer, startRedis, startSentinel } from '../../tools/servers/redis-server.ts'

/** A primary, its replica and a Sentinel that watches over them. */
export interface RedisPair {
  /** For the gateways. */
  readonly address: string
  primary(): RedisServer
  replica(): RedisServer
  /** Resolves when the replica has everything that the primary has. */
  inStep(): Promise<void>
  /** The primary goes on alone: its replica is cut off, and refused a new connection. A proxy would not do: a Sentinel goes round it. */
  cutReplication(): Promise<void>
  /** Resolves when the replica has become the primary. */
  promoted(): Promise<void>
  /** Asks the Sentinel for a failover from a healthy primary. */
  failOver(): Promise<void>
  /** Lets the old primary, or a new process in its place, follow the new one; resolves when it is in step. */
  swapRoles(restart: boolean): Promise<void>
  stop(): Promise<void>
}

/** 30 s: a Sentinel takes some seconds, a busy machine some more. */
const patienceMs = 30_000

/** 2 s: twice as long as it takes a gateway to meet a replica. */
const metMs = 2_000

/** Starts all three. */
export async function startRedisPair(): Promise<RedisPair> {
  let primary = await startRedis()
  let replica = await startRedis({ replicaOf: primary })
  const sentinel = await startSentinel({ primary })
  const says = async (server: RedisServer, text: string) => (await server.cli('INFO', 'replication').catch(() => '')).includes(text)
  const promoted = () => until(() => says(replica, 'role:master'), 'the replica was not promoted')
  return {
    address: `redis+sentinel://127.0.0.1:${sentinel.port}/sessions`,
    async cutReplication() {
      await primary.cli('ACL', 'SETUSER', 'default', '-psync', '-sync')
      await primary.cli('CLIENT', 'KILL', 'TYPE', 'replica')
    },
    primary: () => primary,
    replica: () => replica,
    promoted,
    inStep: () =>
      until(async () => {
        const info = await primary.cli('INFO', 'replication')
        return /master_repl_offset:(\d+)/.exec(info)?.[1] === /slave0:.*offset=(\d+)/.exec(info)?.[1]
      }, 'the replica lags behind'),
    async failOver() {
      // It looks at a replica every ten seconds: one that has just come back is none to it, and it says so.
      const granted = async () => (await sentinel.cli('SENTINEL', 'FAILOVER', 'sessions')).startsWith('OK')
      await until(granted, 'the Sentinel granted no failover')
      await promoted()
    },
    async swapRoles(restart) {
      const [old, next] = [primary, replica]
      if (restart) replica = await startRedis({ replicaOf: next, port: old.port })
      else {
        // The Sentinel does so as well, ten seconds later.
        await old.cli('REPLICAOF', '127.0.0.1', `${next.port}`)
        // Its own word is not enough: what was written while it was given its first data is still on the way to it.
        const hears = async () => new RegExp(`port=${old.port},state=online,offset=[1-9]`).test(await next.cli('INFO', 'replication'))
        await until(hears, 'the old primary does not follow the new one')
        replica = old
      }
      primary = next
      // A replica counts once a gateway has met it, which takes a second; a primary that loses it before is content with none.
      await pause(metMs)
    },
    async stop() {
      await sentinel.stop()
      for (const server of [replica, primary]) await server.stop('SIGKILL')
    },
  }
}

async function until(condition: () => Promise<boolean>, otherwise: string): Promise<void> {
  const deadlineMs = performance.now() + patienceMs
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(otherwise)
    await pause(50)
  }
}
