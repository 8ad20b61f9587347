import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFaultProxy } from '@single-state/testing'
import { startRedis } from '../../tools/servers/redis-server.ts'
import type { Nemesis } from '../nemeses/nemesis.ts'
import { networkNemeses } from '../nemeses/network.ts'
import { stoppedProcess } from '../nemeses/processes.ts'
import type { StoreSite } from './store-site.ts'

/** One Redis that keeps a file, a replica of it, and a way to the first for each of three gateways. */
export async function startRedisSite(): Promise<StoreSite> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'single-state-redis-'))
  let primary = await startRedis({ dataFolder })
  const { port } = primary
  const replica = await startRedis({ replicaOf: primary })
  const journal = await startRedis()
  const proxies = await Promise.all([0, 1, 2].map(() => createFaultProxy({ target: { port } })))

  const killed: Nemesis = {
    kind: 'store killed',
    takesStore: true,
    mostMs: 2_000,
    inflict: async () => {
      await primary.stop('SIGKILL')
      return async () => {
        primary = await startRedis({ dataFolder, port })
      }
    },
  }
  const readOnly: Nemesis = {
    kind: 'store read-only',
    takesStore: false,
    mostMs: 3_000,
    inflict: async () => {
      await primary.cli('CONFIG', 'SET', 'min-replicas-max-lag', '1', 'min-replicas-to-write', '16')
      return async () => void (await primary.cli('CONFIG', 'SET', 'min-replicas-to-write', '0'))
    },
  }
  return {
    addresses: proxies.map((proxy) => `redis://127.0.0.1:${proxy.port}`),
    environment: { JOURNAL: journal.url },
    nemeses: [
      ...networkNemeses(proxies),
      killed,
      readOnly,
      stoppedProcess('store stopped', () => primary.pid, true),
      stoppedProcess('replica stopped', () => replica.pid, true),
    ],
    // Without its replica a primary acknowledges nothing: its data could be lost.
    isBack: async () => /state=online,offset=[1-9]/.test(await primary.ask('INFO replication')),
    async stop() {
      await Promise.all(proxies.map((proxy) => proxy.close()))
      for (const server of [replica, primary, journal]) await server.stop()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}
