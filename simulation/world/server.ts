import { memoryStore, type SessionStore } from '@single-state/gateway'
import type { Process } from './process.ts'
import type { Scheduler } from './scheduler.ts'

/** A change as a primary hands it on: what was called, and when. Null is a write that changes nothing. */
type LoggedCall = { readonly call: ((store: SessionStore) => Promise<unknown>) | null; readonly nowMs: number }

/** One server of a replicated store: a memory store, and the log that another one is made of. */
export interface Server {
  readonly process: Process
  readonly epoch: string
  /** The log of all its changes. */
  readonly log: readonly LoggedCall[]
  /** Reads, at this moment. */
  read<Answer>(call: (store: SessionStore) => Promise<Answer>): Promise<Answer>
  /** Changes something, and writes it to the log. */
  change<Answer>(call: (store: SessionStore) => Promise<Answer>): Promise<Answer>
  /** Writes a line to the log that changes nothing. */
  mark(): void
  /** Does what another server did. */
  follow(logged: LoggedCall): Promise<void>
  /** The count of the last change of a session. */
  changedAt(id: string): number
  /** The epoch as the memory store itself calls it; what it does not know for an epoch of another server. */
  ownEpoch(epoch: string): string
  /** Calls once the replica has everything up to here, or has not for so long. */
  acknowledged(position: number): void
  whenAcknowledged(position: number, withinMs: number, call: (isThere: boolean) => void): void
}

/** Makes an empty server. */
export async function createServer(process: Process, epoch: string, scheduler: Scheduler): Promise<Server> {
  const log: LoggedCall[] = []
  const changed = new Map<string, number>()
  const waiting = new Set<{ readonly position: number; readonly call: () => void }>()
  let nowMs = 0
  let seq = 0
  let known = 0
  const store = memoryStore({ clock: () => nowMs })
  const own = (await store.health()).epoch

  async function note(): Promise<void> {
    const found = await store.changesSince(seq, own)
    if (found.kind === 'changes') found.ids.forEach((id, index) => void changed.set(id, seq + index + 1))
    seq = found.seq
  }

  /** The store decides in the call itself: what it does is done before anything else can be. */
  function apply<Answer>(logged: LoggedCall, call: (store: SessionStore) => Promise<Answer>): Promise<Answer> {
    log.push(logged)
    nowMs = logged.nowMs
    const answer = call(store)
    return note().then(() => answer)
  }

  return {
    process,
    epoch,
    log,
    read(call) {
      nowMs = process.clock.wallMs()
      return call(store)
    },
    change: (call) => apply({ call, nowMs: process.clock.wallMs() }, call),
    mark: () => void log.push({ call: null, nowMs: process.clock.wallMs() }),
    async follow(logged) {
      if (logged.call === null) log.push(logged)
      else await apply(logged, logged.call)
    },
    changedAt: (id) => changed.get(id) ?? 0,
    ownEpoch: (asked) => (asked === epoch ? own : 'another'),
    acknowledged(position) {
      known = Math.max(known, position)
      for (const waiter of waiting) {
        if (waiter.position > known) continue
        waiting.delete(waiter)
        waiter.call()
      }
    },
    whenAcknowledged(position, withinMs, call) {
      if (position <= known) return call(true)
      const waiter = { position, call: () => call(true) }
      waiting.add(waiter)
      scheduler.at(scheduler.nowMs() + withinMs, () => {
        if (waiting.delete(waiter)) call(false)
      })
    },
  }
}
