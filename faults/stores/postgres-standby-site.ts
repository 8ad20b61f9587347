import { createFaultProxy } from '@single-state/testing'
import type { Nemesis } from '../nemeses/nemesis.ts'
import { networkNemeses } from '../nemeses/network.ts'
import { stoppedProcess } from '../nemeses/processes.ts'
import { startPostgresPair } from './postgres-pair.ts'
import type { StoreSite } from './store-site.ts'

/** A PostgreSQL with a synchronous standby, for three gateways at one address that moves when the standby is promoted. */
export async function startPostgresStandbySite(): Promise<StoreSite> {
  const pair = await startPostgresPair()
  const proxies = await Promise.all([0, 1, 2].map(() => createFaultProxy({ target: pair.target })))
  const setAll = (kind: 'blackhole' | 'refuse' | 'pass') => Promise.all(proxies.map((proxy) => proxy.set({ kind })))

  /** Whoever manages a failover fences the old primary first: nobody reaches it any more. */
  const failover = (kind: string, begin: () => Promise<unknown>): Nemesis => ({
    kind,
    takesStore: true,
    mostMs: 500,
    inflict: async () => {
      await pair.rebuild()
      await begin()
      return async () => {
        await setAll('refuse')
        await pair.promote()
        await setAll('pass')
      }
    },
  })
  return {
    addresses: proxies.map(({ port }) => `postgres://postgres@127.0.0.1:${port}/postgres`),
    nemeses: [
      ...networkNemeses(proxies),
      failover('primary killed, standby promoted', () => pair.primary().stop('SIGKILL', { keep: true })),
      failover('primary partitioned away, standby promoted', () => setAll('blackhole')),
      // The gateways reach it to the end, and it can acknowledge nothing.
      failover('primary cut off from its standby, standby promoted', pair.cutReplication),
      failover('standby promoted beside a healthy primary', async () => undefined),
      {
        kind: 'standby out of reach',
        takesStore: false,
        mostMs: 3_000,
        inflict: async () => {
          await pair.rebuild()
          await pair.cutReplication()
          return pair.healReplication
        },
      },
      stoppedProcess('standby stopped', () => pair.standby().pid, false),
      stoppedProcess('store stopped', () => pair.primary().pid, true),
    ],
    isBack: () => pair.primary().answers(),
    async stop() {
      await Promise.all(proxies.map((proxy) => proxy.close()))
      await pair.stop()
    },
  }
}
