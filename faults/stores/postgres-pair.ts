import { setTimeout as pause } from 'node:timers/promises'
import { createFaultProxy } from '@single-state/testing'
import { type PostgresServer, startPostgres } from '../../tools/servers/postgres-server.ts'

/** A primary, and a standby that each commit waits for. Where it leads moves with the primary, as the address of a managed database does. */
export interface PostgresPair {
  /** Always that of the primary; a connection stays where it is. */
  readonly target: { readonly port: number }
  primary(): PostgresServer
  standby(): PostgresServer
  /** The primary goes on alone: what it writes from now on does not arrive. */
  cutReplication(): Promise<void>
  healReplication(): Promise<void>
  /** Whether commits wait for the standby. Without, who waits is let go. */
  setSynchronous(on: boolean): Promise<void>
  /** Makes the standby the primary. The old one is left as it is: dead, or none the wiser. */
  promote(): Promise<void>
  /** Builds a new standby where the one before was promoted, and removes the old primary. */
  rebuild(): Promise<void>
  stop(): Promise<void>
}

/** 30 s: a base backup takes one or two, on a busy machine some more. */
const patienceMs = 30_000

/** A standby that was cut off asks again this often; default are five seconds. */
const settings = { wal_retrieve_retry_interval: '200ms' }

/** Starts both. */
export async function startPostgresPair(): Promise<PostgresPair> {
  let primary = await startPostgres({ settings })
  let old: PostgresServer | null = null
  const target = { port: primary.port }
  // Standbys follow the address too, by a way of their own.
  const replication = await createFaultProxy({ target })
  const newStandby = () => startPostgres({ settings, standbyOf: { port: replication.port } })

  async function setSynchronous(on: boolean): Promise<void> {
    await primary.sql(`ALTER SYSTEM SET synchronous_standby_names = '${on ? 'standby' : ''}'`)
    await primary.sql('SELECT pg_reload_conf()')
    const state = async () => (await primary.sql('SELECT sync_state FROM pg_stat_replication')) === 'sync'
    if (on) await until(state, 'the standby is not synchronous')
  }

  async function follow(): Promise<PostgresServer> {
    const standby = await newStandby()
    await setSynchronous(true)
    return standby
  }

  let standby = await follow().catch(async (error: unknown) => {
    await Promise.all([replication.close(), primary.stop()])
    throw error
  })
  return {
    target,
    primary: () => primary,
    standby: () => standby,
    cutReplication: () => replication.set({ kind: 'blackhole' }),
    healReplication: () => replication.set({ kind: 'pass' }),
    setSynchronous,
    async promote() {
      await standby.promote()
      old = primary
      primary = standby
      target.port = primary.port
    },
    async rebuild() {
      if (old === null) return
      await old.stop('SIGKILL')
      old = null
      await replication.set({ kind: 'pass' })
      standby = await follow()
    },
    async stop() {
      await replication.close()
      for (const server of new Set([standby, primary, old])) await server?.stop()
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
