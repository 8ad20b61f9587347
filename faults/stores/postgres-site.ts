import { createFaultProxy } from '@single-state/testing'
import { startPostgres } from '../../tools/servers/postgres-server.ts'
import type { Nemesis } from '../nemeses/nemesis.ts'
import { networkNemeses } from '../nemeses/network.ts'
import { stoppedProcess } from '../nemeses/processes.ts'
import type { StoreSite } from './store-site.ts'

/** One PostgreSQL, and a way to it for each of three gateways. */
export async function startPostgresSite(): Promise<StoreSite> {
  let server = await startPostgres()
  const target = { port: server.port }
  const proxies = await Promise.all([0, 1, 2].map(() => createFaultProxy({ target })))

  const killed: Nemesis = {
    kind: 'store killed',
    takesStore: true,
    mostMs: 2_000,
    inflict: async () => {
      await server.stop('SIGKILL', { keep: true })
      return async () => {
        server = await server.restart()
      }
    },
  }
  const readOnly: Nemesis = {
    kind: 'store read-only',
    takesStore: false,
    mostMs: 3_000,
    inflict: async () => {
      const set = async (value: string) => {
        await server.sql(`ALTER SYSTEM SET default_transaction_read_only = ${value}`)
        await server.sql('SELECT pg_reload_conf()')
      }
      await set('on')
      return () => set('off')
    },
  }
  return {
    addresses: proxies.map(({ port }) => `postgres://postgres@127.0.0.1:${port}/postgres`),
    nemeses: [...networkNemeses(proxies), killed, readOnly, stoppedProcess('store stopped', () => server.pid, true)],
    isBack: () => server.answers(),
    async stop() {
      await Promise.all(proxies.map((proxy) => proxy.close()))
      await server.stop()
    },
  }
}
