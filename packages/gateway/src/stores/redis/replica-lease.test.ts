import { describe, expect, it } from 'vitest'
import { createReplicaLease, storeLeaseMs } from './replica-lease.ts'
import { createSharedPoll } from './shared-poll.ts'

/** A poll that is answered when the test says so. */
function createAnswers() {
  const waiting: ((seq: number) => void)[] = []
  return {
    poll: () => new Promise<{ seq: number }>((resolve) => waiting.push((seq) => resolve({ seq }))),
    begun: () => waiting.length,
    answer: async (index: number, seq: number) => {
      waiting[index]?.(seq)
      await settle()
    },
  }
}

/** Lets everything happen that waits for nothing. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}

function watch(promise: Promise<unknown>): () => boolean {
  let isDone = false
  promise.then(
    () => {
      isDone = true
    },
    () => {
      isDone = true
    },
  )
  return () => isDone
}

describe('a shared poll', () => {
  it('is begun once for all who ask while none is under way', async () => {
    const answers = createAnswers()
    const join = createSharedPoll(answers.poll)
    const all = [join(), join(), join()]
    await settle()
    expect(answers.begun()).toBe(1)
    await answers.answer(0, 7)
    expect(await Promise.all(all)).toEqual([{ seq: 7 }, { seq: 7 }, { seq: 7 }])
  })

  it('that is under way answers nobody who comes later', async () => {
    const answers = createAnswers()
    const join = createSharedPoll(answers.poll)
    void join()
    await settle()
    const late = join()
    const isDone = watch(late)
    await answers.answer(0, 1)
    expect([isDone(), answers.begun()]).toEqual([false, 2])
    await answers.answer(1, 2)
    expect(await late).toEqual({ seq: 2 })
  })

  it('that fails fails those who shared it, and the next is begun', async () => {
    let polls = 0
    const join = createSharedPoll(async () => {
      polls += 1
      if (polls === 1) throw new Error('away')
      return polls
    })
    await expect(join()).rejects.toThrow('away')
    expect(await join()).toBe(2)
  })
})

describe('the lease on a primary', () => {
  async function openLease() {
    const answers = createAnswers()
    const clock = { ms: 0 }
    const lease = createReplicaLease(answers.poll, () => clock.ms)
    const first = lease.covers(0)
    await settle()
    clock.ms = 100
    await answers.answer(0, 5)
    await first
    return { answers, clock, lease }
  }

  it('is counted from the moment that the poll began, not from its answer', async () => {
    const { clock, lease } = await openLease()
    clock.ms = storeLeaseMs - 1
    expect(await lease.covers(5)).toBeUndefined()
    clock.ms = storeLeaseMs
    const isDone = watch(lease.covers(5))
    await settle()
    expect(isDone()).toBe(false)
  })

  it('covers no change that was made after the poll', async () => {
    const { answers, lease } = await openLease()
    const isDone = watch(lease.covers(6))
    await settle()
    expect([isDone(), answers.begun()]).toEqual([false, 2])
    await answers.answer(1, 6)
    expect(isDone()).toBe(true)
  })

  it('answers a write by no poll but one that began after it', async () => {
    const { answers, lease } = await openLease()
    const isDone = watch(lease.acknowledged())
    await settle()
    expect([isDone(), answers.begun()]).toEqual([false, 2])
  })
})
