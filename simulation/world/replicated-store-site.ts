import { between } from '../../faults/load/random.ts'
import type { EndsJournal, JournalEntry } from '../../packages/gateway/src/stores/redis/ends-journal.ts'
import { createStoreCarrier } from '../site/remote-store.ts'
import { createReplicatedStore, type ReplicatedStore } from '../site/replicated-store.ts'
import { createPair } from './pair.ts'
import { createProcess, type Process } from './process.ts'
import type { Server } from './server.ts'
import type { StoreSite, StoreSiteOptions } from './single-store.ts'

/** A primary with a replica that takes its place, and a journal of ends beside them. */
export async function createReplicatedSite({ scheduler, random, network, hasBegun, onFailover }: StoreSiteOptions): Promise<StoreSite> {
  const journalProcess = createProcess({ name: 'journal', scheduler, random, rateError: 0 })
  const entries: JournalEntry[] = []
  const stores: { readonly gateway: Process; readonly replicated: ReplicatedStore }[] = []

  /** What the journal knows by now is ended again, as a gateway does that finds another primary. */
  async function adopt(successor: Server): Promise<void> {
    const entry = { application: 'gateway', actor: null, operation: 'end', paths: [], reason: 'store.failover', traceId: null } as const
    for (const { ids, reason } of entries) {
      for (const id of ids) {
        await successor.change((store) => store.end(id, reason, { ...entry, outcome: 'committed', session: null, subject: null }))
      }
    }
  }

  /** Each gateway goes on with the primary that it knew until it hears of the next one. */
  function onSuccessor(successor: Server): void {
    onFailover()
    // Every other one of those that run hears of it at once: the rest go on with whom they know.
    const first = random() < 0.5 ? 0 : 1
    for (const [at, { gateway, replicated }] of stores.entries()) {
      const hearsAtMs = scheduler.nowMs() + between(random, 0, at % 2 === first ? 30 : 3_000)
      gateway.deliver(hearsAtMs, () => replicated.turnTo(successor))
    }
  }

  const pair = await createPair({ scheduler, random, hasBegun, adopt, onSuccessor })
  const carrierTo = (gateway: Process) => (store: Process) =>
    createStoreCarrier({ name: `${gateway.name} store`, network, gateway, store, hasBegun })

  return {
    storeFor(gateway) {
      const carry = carrierTo(gateway)(journalProcess)
      const journal: EndsJournal = {
        name: 'journal',
        append: (entry) => carry(async () => void entries.push(entry)),
        since: async (mark) => ({ entries: [], mark }),
        close: async () => {},
      }
      const replicated = createReplicatedStore({ gateway, pair, journal, carrierTo: carrierTo(gateway) })
      stores.push({ gateway, replicated })
      return replicated.store
    },
    final: () => {
      const primary = pair.primary() as Server
      return {
        read: (ids) => primary.read((store) => store.read(ids)),
        auditQuery: (query) => primary.read((store) => store.auditQuery(query)),
      }
    },
    isReady: () => pair.primary() !== null,
    faults: [pair.failOver, pair.failOver, pair.failOver, pair.failOver, () => pair.lag(between(random, 50, 800))],
  }
}
