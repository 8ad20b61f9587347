import { describe, expect, it } from 'vitest'
import type { Link, Reply } from './link.ts'
import { createReplicaLease } from './replica-lease.ts'
import { changesScript, readScript } from './scripts/looks.ts'
import type { Script } from './scripts/script.ts'
import { createCalls } from './session-calls.ts'

const reply: Reply = [7, 'epoch', 0, 'changes', []]

/** Calls on a primary whose replicas acknowledge a poll when the test says so; what is asked of it is answered at once. */
function openCalls(replicas = 1, ofReads = reply) {
  const polls: { readonly acknowledge: () => void; readonly refuse: () => void }[] = []
  const lease = createReplicaLease(
    () =>
      new Promise((resolve, reject) =>
        polls.push({ acknowledge: () => resolve({ seq: 7 }), refuse: () => reject(new Error('0 of 1 replicas answered')) }),
      ),
  )
  const answer = async (script: Script) => (script === readScript ? ofReads : reply)
  const link: Link = {
    ...lease,
    read: answer,
    write: answer,
    replicas: () => replicas,
    mayBeReplaced: () => replicas > 0,
    facts: () => Promise.reject(),
    close: () => {},
  }
  return { calls: createCalls({ current: () => link, close: () => {} }, null), polls }
}

/** Lets everything happen that waits for nothing. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}

function watch(promise: Promise<unknown>): () => boolean {
  let isDone = false
  const done = () => {
    isDone = true
  }
  promise.then(done, done)
  return () => isDone
}

describe('a look that others act on later', () => {
  it('is answered when every replica has acknowledged a poll that began after it', async () => {
    const { calls, polls } = openCalls()
    const look = calls.look(changesScript, [])
    const isDone = watch(look)
    await settle()
    expect([polls.length, isDone()]).toEqual([1, false])
    polls[0]?.acknowledge()
    expect(await look).toBe(reply)
  })

  it('is not answered by a poll that was under way: its primary may have been replaced in between', async () => {
    const { calls, polls } = openCalls()
    void calls.look(changesScript, [])
    await settle()
    const late = calls.look(changesScript, [])
    const isDone = watch(late)
    await settle()
    polls[0]?.acknowledge()
    await settle()
    expect([polls.length, isDone()]).toEqual([2, false])
    polls[1]?.acknowledge()
    expect(await late).toBe(reply)
  })

  it('asks the replicas although the lease on them is young, where a read does not', async () => {
    const { calls, polls } = openCalls()
    const first = calls.look(changesScript, [])
    await settle()
    polls[0]?.acknowledge()
    await first
    await calls.read(readScript, [])
    expect(polls).toHaveLength(1)
    const isDone = watch(calls.look(changesScript, []))
    await settle()
    expect([polls.length, isDone()]).toEqual([2, false])
  })

  it('is unavailable when a replica does not acknowledge', async () => {
    const { calls, polls } = openCalls()
    const look = calls.look(changesScript, [])
    await settle()
    polls[0]?.refuse()
    await expect(look).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('is answered at once where there is no replica', async () => {
    const { calls, polls } = openCalls(0)
    expect(await calls.look(changesScript, [])).toBe(reply)
    expect(polls).toHaveLength(0)
  })
})

describe('a read', () => {
  it.each([
    ['of what the last poll covers is answered from its lease', 7, true],
    ['of a session that changed since the last poll waits for another', 8, false],
    ['that finds a session missing waits for another: a successor may have made it', -1, false],
  ])('%s', async (_, newest, atOnce) => {
    const { calls, polls } = openCalls(1, [9, 'epoch', 0, 'read', [], newest])
    const look = calls.look(changesScript, [])
    await settle()
    polls[0]?.acknowledge()
    await look
    const isDone = watch(calls.read(readScript, []))
    await settle()
    expect([polls.length, isDone()]).toEqual(atOnce ? [1, true] : [2, false])
  })
})
