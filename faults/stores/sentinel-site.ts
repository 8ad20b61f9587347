import { startRedis } from '../../tools/servers/redis-server.ts'
import type { Nemesis } from '../nemeses/nemesis.ts'
import { startRedisPair } from './redis-pair.ts'
import type { StoreSite } from './store-site.ts'

/** A Redis with a replica and a Sentinel, for three gateways that ask it who the primary is. */
export async function startSentinelSite(): Promise<StoreSite> {
  const pair = await startRedisPair()
  const journal = await startRedis()

  /** The primary is gone for good; another process takes the place of the replica. */
  const killed: Nemesis = {
    kind: 'primary killed, failover',
    takesStore: true,
    mostMs: 500,
    inflict: async () => {
      await pair.primary().stop('SIGKILL')
      await pair.promoted()
      return () => pair.swapRoles(true)
    },
  }
  /** The primary does not know that it was deposed, and goes on answering whoever is still connected. */
  const stopped: Nemesis = {
    kind: 'primary stopped, failover',
    takesStore: true,
    mostMs: 500,
    inflict: async () => {
      pair.primary().signal('SIGSTOP')
      await pair.promoted()
      pair.primary().signal('SIGCONT')
      return () => pair.swapRoles(false)
    },
  }
  const asked: Nemesis = {
    kind: 'failover from a healthy primary',
    takesStore: true,
    mostMs: 500,
    inflict: async () => {
      await pair.failOver()
      return () => pair.swapRoles(false)
    },
  }
  return {
    addresses: [pair.address, pair.address, pair.address],
    environment: { JOURNAL: journal.url },
    nemeses: [killed, stopped, asked],
    async stop() {
      await pair.stop()
      await journal.stop()
    },
  }
}
