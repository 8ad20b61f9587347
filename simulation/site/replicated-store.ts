import type { SessionStore } from '@single-state/gateway'
import type { EndsJournal } from '../../packages/gateway/src/stores/redis/ends-journal.ts'
import type { Link, Reply } from '../../packages/gateway/src/stores/redis/link.ts'
import type { Links } from '../../packages/gateway/src/stores/redis/links.ts'
import { unavailable } from '../../packages/gateway/src/stores/redis/redis-failure.ts'
import { createReplicaLease } from '../../packages/gateway/src/stores/redis/replica-lease.ts'
import type { Script } from '../../packages/gateway/src/stores/redis/scripts/script.ts'
import { type Calls, createCalls, type Ending } from '../../packages/gateway/src/stores/redis/session-calls.ts'
import type { Pair } from '../world/pair.ts'
import type { Process } from '../world/process.ts'
import type { Server } from '../world/server.ts'
import type { StoreCarrier } from './remote-store.ts'

/** 300 ms for the replica to acknowledge, as the Redis store gives it. */
const waitMs = 300

/** What a call is to a server of the world, in the place of a script. */
interface Step extends Script {
  readonly run: (server: Server) => Promise<Reply>
}

interface ReplicatedStoreOptions {
  readonly gateway: Process
  readonly pair: Pair
  readonly journal: EndsJournal
  readonly carrierTo: (server: Process) => StoreCarrier
}

/** A replicated store as one gateway sees it, and how it learns of another primary. */
export interface ReplicatedStore {
  readonly store: SessionStore
  turnTo(server: Server): void
}

/**
 * The calls of the real Redis store, its lease on the replicas included, over servers of the world: only what the scripts
 * do, and `WAIT`, is played.
 */
export function createReplicatedStore({ gateway, pair, journal, carrierTo }: ReplicatedStoreOptions): ReplicatedStore {
  let link = linkTo(pair.primary() as Server)
  const links: Links = { current: () => link, close: () => {} }
  const calls = createCalls(links, journal)

  function linkTo(server: Server): Link {
    const carry = carrierTo(server.process)
    const run = (script: Script) => carry(() => (script as Step).run(server))

    /** One write, and whether the replica has it. */
    async function poll() {
      return carry(
        () =>
          new Promise<{ readonly seq: number }>((resolve, reject) => {
            void server
              .read((store) => store.health())
              .then(({ seq }) => {
                server.mark()
                pair.replicate(server)
                server.whenAcknowledged(server.log.length, waitMs, (isThere) => {
                  if (isThere) resolve({ seq })
                  else reject(unavailable('0 of 1 replicas answered'))
                })
              })
          }),
      )
    }

    return {
      ...createReplicaLease(poll, gateway.clock.monotonicMs),
      read: run,
      write: run,
      replicas: () => 1,
      mayBeReplaced: () => true,
      facts: () => Promise.reject(unavailable('nobody asks')),
      close: () => {},
    }
  }

  return {
    store: storeOver(calls, pair),
    turnTo(server) {
      link = linkTo(server)
    },
  }
}

/** A verb that changes something, and what its answer ended. */
function changing(pair: Pair, call: (store: SessionStore) => Promise<object>): Step {
  return step(async (server) => {
    const answer = await server.change(call)
    pair.replicate(server)
    return replyOf(server, 'changed', [], answer)
  })
}

function reading(call: (store: SessionStore, server: Server) => Promise<object>, ids: readonly string[] = []): Step {
  return step(async (server) => replyOf(server, 'read', ids, await server.read((store) => call(store, server))))
}

function step(run: Step['run']): Step {
  return { lua: '', sha: '', run }
}

/** A reply of the scripts' shape, as far as the calls look at it, and the whole answer behind that. */
function replyOf(server: Server, kind: string, ids: readonly string[], answer: object): Reply {
  const { seq = 0, nowMs = 0, records } = answer as { seq?: number; nowMs?: number; records?: readonly unknown[] }
  const isMissing = ids.some((_, at) => records?.[at] === null)
  const newest = isMissing ? -1 : Math.max(0, ...ids.map((id) => server.changedAt(id)))
  return [seq, server.epoch, nowMs, kind, [], newest, { ...answer, epoch: server.epoch }]
}

// biome-ignore lint/suspicious/noExplicitAny: the answer of whichever verb was called.
const answerIn = (reply: Reply): any => reply[6]

function storeOver(calls: Calls, pair: Pair): SessionStore {
  const read = async (call: (store: SessionStore, server: Server) => Promise<object>, ids?: readonly string[]) =>
    answerIn(await calls.read(reading(call, ids), []))
  const write = async (call: (store: SessionStore) => Promise<object>, endingIn?: (answer: unknown) => Ending | null) =>
    answerIn(await calls.write(changing(pair, call), [], endingIn && ((reply) => endingIn(answerIn(reply)))))
  const unused = () => Promise.reject(unavailable('nobody asks'))

  return {
    name: 'pair',
    durability: 'replicas',
    create: (...args) => write((store) => store.create(...args)),
    commit: (...args) => write((store) => store.commit(...args)),
    end: (id, reason, entry) =>
      write(
        (store) => store.end(id, reason, entry),
        (answer) => endingOf(answer, 'ended', id, reason),
      ),
    exchange: (id, shown, idleMs, reuse) =>
      write(
        (store) => store.exchange(id, shown, idleMs, reuse),
        (answer) => endingOf(answer, 'reused', id, 'reused'),
      ),
    read: (ids) => read((store) => store.read(ids), ids),
    async confirm(id, shown) {
      try {
        const touching = step(async (server) => {
          const answer = await server.change((store) => store.confirm(id, shown))
          pair.replicate(server)
          return replyOf(server, 'read', [id], answer)
        })
        return answerIn(await calls.touch(touching, []))
      } catch {
        const { records, ...position } = await read((store) => store.read([id]), [id])
        return { ...position, record: records[0] ?? null }
      }
    },
    async changesSince(since, epoch, heard) {
      // Readers are noted here and not in the log: a failover loses all of them, which is more than it can lose of a Redis.
      const look = reading((store, server) => store.changesSince(since, server.ownEpoch(epoch), heard))
      return { ...answerIn(await (heard ? calls.hear(look, []) : calls.look(look, []))), registry: '' }
    },
    async appendAudit(entry) {
      await write(async (store) => {
        await store.appendAudit(entry)
        return {}
      })
    },
    signingKeys: () => read((store) => store.signingKeys()),
    saveSigningKeys: async (...args) => (await write(async (store) => ({ saved: await store.saveSigningKeys(...args) }))).saved,
    health: () => read((store) => store.health()),
    endSubject: unused,
    endAll: unused,
    listBySubject: unused,
    findByIdpSession: unused,
    auditQuery: unused,
    sweep: unused,
    diagnose: unused,
    close: async () => {},
  }
}

function endingOf(answer: unknown, kind: string, id: string, reason: Ending['entry']['reason']): Ending | null {
  if ((answer as { kind: string }).kind !== kind) return null
  return { entry: { kind: 'sessions', ids: [id], reason, subjectKey: null, endings: 0 }, isConcluded: reason !== 'revoked' }
}
