import { openConnection, type RedisConnection } from './connection.ts'
import { openEpoch } from './epoch.ts'
import { refusalCodeOf, unavailable } from './redis-failure.ts'
import type { RedisSettings } from './redis-options.ts'
import { createReplicaLease, type PollAnswer, type ReplicaLease } from './replica-lease.ts'
import { pollScript } from './scripts/housekeeping.ts'
import type { Script } from './scripts/script.ts'
import { factsOf, primaryOf, refusalOf, type ServerFacts } from './server-facts.ts'

/** What every script answers first: where the store stood, then the kind of its outcome and what belongs to that. */
export type Reply = readonly [seq: number, epoch: string, nowMs: number, kind: string, ...rest: unknown[]]

/** Two connections to one primary whose data are known to be its own: one that reads, one whose writes replicas acknowledge. */
export interface Link extends ReplicaLease {
  read(script: Script, args: readonly (string | number)[]): Promise<Reply>
  write(script: Script, args: readonly (string | number)[]): Promise<Reply>
  /** Replicas that have to have a change before it is acknowledged. */
  replicas(): number
  /** Whether another may take this primary's place: a poll finds out who has to have a change. */
  mayBeReplaced(): boolean
  /** What the primary says of itself now. */
  facts(): Promise<ServerFacts>
  close(): void
}

/** 300 ms for replicas to acknowledge: less than any caller waits. */
const waitMs = 300

/** 1 s: how long a replica that has just been connected may be missing from what is waited for. */
const lookEveryMs = 1_000

/**
 * Connects to the primary, asks who it is, and sees to it that its data are its own.
 *
 * @throws TypeError when sessions cannot be kept in such a Redis; `store_unavailable` when it cannot be used now.
 */
export async function openLink(settings: RedisSettings, onLost: () => void): Promise<Link> {
  const writer = await openConnection(settings.address, settings.tls, onLost)
  try {
    const facts = await introduce(writer)
    const reader = await openConnection(settings.address, settings.tls, onLost)
    try {
      if (factsOf(String(await reader.send('INFO', 'server'))).runId !== facts.runId) throw unavailable('the primary is changing')
      const seen = await openEpoch(writer, facts, settings)
      return linkOf(writer, reader, { ...facts, replicas: Math.max(facts.replicas, seen) }, settings)
    } catch (error) {
      reader.close()
      throw error
    }
  } catch (error) {
    writer.close()
    throw error
  }
}

async function introduce(connection: RedisConnection): Promise<ServerFacts> {
  const facts = factsOf(String(await connection.send('INFO')))
  const refusal = refusalOf(facts)
  if (refusal !== null) throw new TypeError(`store: ${refusal}`)
  if (facts.isLoading) throw unavailable('it is loading its data')
  if (!facts.isPrimary) throw unavailable('this is a replica')
  return facts
}

function linkOf(writer: RedisConnection, reader: RedisConnection, facts: ServerFacts, settings: RedisSettings): Link {
  const { prefix, clock } = settings
  const primary = primaryOf(facts)
  let seen = facts.replicas
  let lookedAtMs = performance.now()

  const needed = () => settings.replicas ?? seen
  // A replica that has just come may be promoted by the Sentinels before anybody has noticed it.
  const mayBeReplaced = () => needed() > 0 || (settings.replicas === null && settings.address.sentinels !== null)
  const close = () => {
    writer.close()
    reader.close()
  }
  const runOn = async (connection: RedisConnection, script: Script, args: readonly (string | number)[]): Promise<Reply> => {
    if (!connection.isOpen()) throw unavailable('not connected')
    lookNowAndThen()
    try {
      return (await connection.run(script, prefix, [primary, clock?.() ?? '', ...args])) as unknown as Reply
    } catch (error) {
      if (['OTHERPRIMARY', 'READONLY'].includes(refusalCodeOf(error) ?? '')) close()
      throw error
    }
  }

  async function poll(): Promise<PollAnswer> {
    lookedAtMs = performance.now()
    const asked = needed()
    // The three go out together, in this order, on one connection: what is waited for includes the write.
    const [reply, info, acknowledged] = await Promise.all([
      runOn(writer, pollScript, [seen]),
      writer.send('INFO', 'replication'),
      asked > 0 ? writer.send('WAIT', asked, waitMs) : 0,
    ])
    const now = factsOf(String(info))
    if (now.replicationId !== facts.replicationId) {
      close()
      throw unavailable('the primary has changed')
    }
    seen = Math.max(seen, now.replicas, Number(reply[4]))
    if (needed() > asked) return poll()
    if (Number(acknowledged) < asked) {
      // Another may have become the primary: the Sentinels know.
      if (settings.address.sentinels !== null) close()
      throw unavailable(`${acknowledged} of ${asked} replicas answered`)
    }
    return { seq: reply[0] }
  }

  const lease = createReplicaLease(poll)

  /** Notices a replica that was connected since. */
  function lookNowAndThen(): void {
    if (performance.now() - lookedAtMs < lookEveryMs) return
    lookedAtMs = performance.now()
    lease.acknowledged().catch(() => {})
  }

  return {
    read: (script, args) => runOn(reader, script, args),
    write: (script, args) => runOn(writer, script, args),
    covers: async (seq) => (mayBeReplaced() ? lease.covers(seq) : undefined),
    acknowledged: lease.acknowledged,
    replicas: needed,
    mayBeReplaced,
    facts: async () => factsOf(String(await reader.send('INFO'))),
    close,
  }
}
