import { randomUUID } from 'node:crypto'
import { settleMs } from '@single-state/core/protocol'
import type { Heard, Position, SessionStore } from '../stores/store.ts'
import type { Timers } from '../timers.ts'
import { type ChangeTail, changedSince, extended } from './change-tail.ts'
import { haveTakenIn, readerOf, type Sighted, sightedAfter, silentReaders } from './readers.ts'

/** What one application process has taken in. */
export interface HeartbeatQuestion {
  /** Names the process; no two have the same name. */
  readonly process: string
  readonly epoch: string
  readonly since: number
}

/** What has changed since; `changed` is null where that cannot be told. */
export interface HeartbeatAnswer {
  readonly epoch: string
  readonly seq: number
  readonly changed: readonly string[] | null
}

/** Answers heartbeats of many processes, and says when all of them have taken something in, from few looks into the store. */
export interface ChangePoll {
  /**
   * Answers from a look that starts after this call: one that is under way may have passed a change that was acknowledged
   * before the heartbeat was queued. Rejects with the store's `SessionError`.
   */
  readonly ask: (question: HeartbeatQuestion) => Promise<HeartbeatAnswer>
  /**
   * Calls once every reader has taken in everything that was stored before this call, also of other gateways; perhaps
   * never. What it answers ends the asking.
   */
  readonly whenTakenIn: (call: () => void) => () => void
}

/** What a poll needs. */
export interface PollPorts {
  readonly store: Pick<SessionStore, 'changesSince'>
  /** Milliseconds that only ever go forward. */
  readonly monotonicMs: () => number
  readonly after: Timers['after']
}

/** 25 ms: at most 40 looks a second, however many applications and sessions there are. */
const tickMs = 25

/** 15 ms while a write waits: whether it may be acknowledged is asked that often, however many writes wait. */
const waitedForTickMs = 15

/** Makes the poll of one gateway: one look under way at most, one started in a tick at most. What it knows of applications is in the store. */
export function createChangePoll({ store, monotonicMs, after }: PollPorts): ChangePoll {
  const gateway = randomUUID()
  const writes = new Set<WaitingWrite>()
  let tail: ChangeTail | null = null
  let sighted: Sighted | null = null
  let waiting: Waiter[] = []
  let looks = 0
  let startedAtMs = Number.NEGATIVE_INFINITY
  let state: 'idle' | 'due' | 'looking' = 'idle'
  let cancel = () => {}

  const isAsked = () => waiting.length > 0 || writes.size > 0

  function schedule(): void {
    if (state === 'looking' || !isAsked()) return
    cancel()
    state = 'due'
    const leftMs = startedAtMs + (writes.size > 0 ? waitedForTickMs : tickMs) - monotonicMs()
    if (leftMs > 0) cancel = after(leftMs, () => void look())
    else void look()
  }

  async function look(): Promise<void> {
    const answered = waiting
    const begun = [...writes]
    waiting = []
    state = 'looking'
    startedAtMs = monotonicMs()
    try {
      // A gateway that has just started goes on where an application stands, so that its start empties no caches.
      const asked = tail ? { epoch: tail.epoch, since: tail.seq } : firstOf(answered)
      const seen = await store.changesSince(asked.since, asked.epoch, heardFrom(answered))
      const known = extended(tail, asked.since, seen)
      // What a write alone has looked for says nothing of where applications stand.
      if (tail !== null || answered.length > 0) tail = known
      sighted = sightedAfter(sighted, seen, monotonicMs())
      for (const { question, resolve } of answered) resolve(answerFrom(known, question))
      for (const write of begun) release(write, known, sighted)
    } catch (error) {
      for (const { reject } of answered) reject(error)
    } finally {
      state = 'idle'
      schedule()
    }
  }

  function heardFrom(answered: readonly Waiter[]): Heard | undefined {
    const told = answered.map(({ question: { process, epoch, since } }) => readerOf(sighted, { process, epoch, seq: since }))
    const readers = [...new Map(told.map((reader) => [reader.process, reader])).values()]
    const forget = silentReaders(sighted, monotonicMs(), settleMs)
    if (readers.length === 0 && forget.length === 0) return undefined
    looks += 1
    return { mark: `${gateway} ${looks}`, readers, forget }
  }

  /** The first look that began after a write has it: where the store stood then is what readers have to have taken in. */
  function release(write: WaitingWrite, { epoch, seq }: ChangeTail, readers: Sighted): void {
    write.change ??= { epoch, seq }
    if (!writes.has(write) || !haveTakenIn(readers, write.change, monotonicMs(), settleMs)) return
    writes.delete(write)
    write.call()
  }

  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        waiting.push({ question, resolve, reject })
        schedule()
      }),
    whenTakenIn(call) {
      const write: WaitingWrite = { change: null, call }
      writes.add(write)
      schedule()
      return () => {
        writes.delete(write)
        if (state !== 'due' || isAsked()) return
        cancel()
        state = 'idle'
      }
    },
  }
}

interface WaitingWrite {
  /** Null until a look has begun after it. */
  change: Pick<Position, 'epoch' | 'seq'> | null
  readonly call: () => void
}

interface Waiter {
  readonly question: HeartbeatQuestion
  readonly resolve: (answer: HeartbeatAnswer) => void
  readonly reject: (error: unknown) => void
}

function firstOf(waiters: readonly Waiter[]): Pick<HeartbeatQuestion, 'epoch' | 'since'> {
  const questions = waiters.map(({ question }) => question)
  return questions.find(({ epoch }) => epoch !== '') ?? { epoch: '', since: 0 }
}

function answerFrom(tail: ChangeTail, { epoch, since }: HeartbeatQuestion): HeartbeatAnswer {
  return { epoch: tail.epoch, seq: tail.seq, changed: changedSince(tail, since, epoch) }
}
