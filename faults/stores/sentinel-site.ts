import { startRedis } from '../../tools/servers/redis-server.ts'
import type { Nemesis } from '../nemeses/nemesis.ts'
import { startRedisPair } from './redis-pair.ts'
import type { StoreSite } from './store-site.ts'

/** A Redis with a replica and a Sentinel, for three gateways that ask it who the primary is. */
export async function startSentinelSite(): Promise<StoreSite> {
  const pair = await startRedisPair()
  const journal = await startRedis()

  /** Puts the pair in order after the failover before. */
  let tidy = async () => {}
  const failover = (kind: string, begin: () => Promise<void>, tidyAfter: () => Promise<void>): Nemesis => ({
    kind,
    takesStore: true,
    mostMs: 500,
    inflict: async () => {
      await tidy()
      await begin()
      return async () => {
        await pair.promoted()
        tidy = tidyAfter
      }
    },
  })
  return {
    addresses: [pair.address, pair.address, pair.address],
    environment: { JOURNAL: journal.url },
    nemeses: [
      // Gone for good: another process takes its place.
      failover(
        'primary killed, failover',
        () => pair.primary().stop('SIGKILL'),
        () => pair.swapRoles(true),
      ),
      // It does not know that it was deposed, and goes on answering whoever is still connected.
      failover(
        'primary stopped, failover',
        async () => pair.primary().signal('SIGSTOP'),
        async () => {
          pair.primary().signal('SIGCONT')
          await pair.swapRoles(false)
        },
      ),
      failover('failover from a healthy primary', pair.failOver, () => pair.swapRoles(false)),
    ],
    // A failover is over when the new primary says that it is one.
    isBack: async () => true,
    async stop() {
      await pair.stop()
      await journal.stop()
    },
  }
}
