import type { SessionStore } from '../stores/store.ts'
import type { Timers } from '../timers.ts'
import { type ChangeTail, changedSince, extended } from './change-tail.ts'

/** What one application process has taken in. */
export interface HeartbeatQuestion {
  readonly epoch: string
  readonly since: number
}

/** What has changed since; `changed` is null where that cannot be told. */
export interface HeartbeatAnswer {
  readonly epoch: string
  readonly seq: number
  readonly changed: readonly string[] | null
}

/** Answers heartbeats of many processes from few looks into the store. */
export interface ChangePoll {
  /**
   * Answers from a look that starts after this call: one that is under way may have passed a change that was acknowledged
   * before the heartbeat was queued. Rejects with the store's `SessionError`.
   */
  readonly ask: (question: HeartbeatQuestion) => Promise<HeartbeatAnswer>
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

/** Makes the poll of one gateway: one look under way at most, one started in a tick at most. It knows no application. */
export function createChangePoll({ store, monotonicMs, after }: PollPorts): ChangePoll {
  let tail: ChangeTail | null = null
  let waiting: Waiter[] = []
  let startedAtMs = Number.NEGATIVE_INFINITY
  let state: 'idle' | 'due' | 'looking' = 'idle'

  function schedule(): void {
    if (state !== 'idle' || waiting.length === 0) return
    state = 'due'
    const leftMs = startedAtMs + tickMs - monotonicMs()
    if (leftMs > 0) after(leftMs, () => void look())
    else void look()
  }

  async function look(): Promise<void> {
    const answered = waiting
    waiting = []
    state = 'looking'
    startedAtMs = monotonicMs()
    try {
      // A gateway that has just started goes on where an application stands, so that its start empties no caches.
      const asked: HeartbeatQuestion = tail ? { epoch: tail.epoch, since: tail.seq } : firstOf(answered)
      const known = extended(tail, asked.since, await store.changesSince(asked.since, asked.epoch))
      tail = known
      for (const { question, resolve } of answered) resolve(answerFrom(known, question))
    } catch (error) {
      for (const { reject } of answered) reject(error)
    } finally {
      state = 'idle'
      schedule()
    }
  }

  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        waiting.push({ question, resolve, reject })
        schedule()
      }),
  }
}

interface Waiter {
  readonly question: HeartbeatQuestion
  readonly resolve: (answer: HeartbeatAnswer) => void
  readonly reject: (error: unknown) => void
}

function firstOf(waiters: readonly Waiter[]): HeartbeatQuestion {
  const questions = waiters.map(({ question }) => question)
  return questions.find(({ epoch }) => epoch !== '') ?? { epoch: '', since: 0 }
}

function answerFrom(tail: ChangeTail, { epoch, since }: HeartbeatQuestion): HeartbeatAnswer {
  return { epoch: tail.epoch, seq: tail.seq, changed: changedSince(tail, since, epoch) }
}
