import { SessionError } from '@single-state/core/protocol'
import { describe, expect, it } from 'vitest'
import { manualTimers } from '../fixtures/manual-timers.ts'
import type { Heard, Reader, SessionStore } from '../stores/store.ts'
import { createChangePoll, type HeartbeatAnswer } from './poll.ts'

type Changes = Awaited<ReturnType<SessionStore['changesSince']>>

/** A poll over a store whose answers the test gives by hand. */
function open() {
  const { monotonic, timers, pass } = manualTimers()
  const looks: {
    since: number
    epoch: string
    heard: Heard | undefined
    answer: (changes: Partial<Changes>) => Promise<void>
    fail: () => Promise<void>
  }[] = []
  const poll = createChangePoll({
    store: {
      changesSince: (since, epoch, heard) =>
        new Promise((resolve, reject) => {
          const answer = (changes: Partial<Changes>) => {
            resolve({ kind: 'changes', ids: [], seq: since, epoch: 'e', nowMs: 0, readers: [], registry: '', ...changes } as Changes)
            return pass(0)
          }
          const fail = () => {
            reject(new SessionError('store_unavailable'))
            return pass(0)
          }
          looks.push({ since, epoch, heard, answer, fail })
        }),
    },
    monotonicMs: monotonic,
    after: timers.after,
  })
  const ask = (since = 5, epoch = 'e', process = 'portal p') => {
    const asked: { answer?: HeartbeatAnswer; code?: string } = {}
    poll.ask({ since, epoch, process }).then(
      (answer) => Object.assign(asked, { answer }),
      (error: SessionError) => Object.assign(asked, { code: error.code }),
    )
    return asked
  }
  const look = (at: number) => looks[at] as (typeof looks)[number]
  /** A write that waits; `over` once it need not any more. */
  const wait = () => {
    const write = { over: false, stop: () => {} }
    write.stop = poll.whenTakenIn(() => {
      write.over = true
    })
    return write
  }
  return { ask, wait, looks, look, pass }
}

describe('the poll', () => {
  it('looks at once when nothing is under way', async () => {
    const { ask, look, looks } = open()
    const asked = ask()
    expect(looks).toHaveLength(1)
    await look(0).answer({ seq: 6, ids: ['a'] })
    expect(asked.answer).toEqual({ epoch: 'e', seq: 6, changed: ['a'] })
  })

  it('rule 5: answers nobody from a look that had started before they asked', async () => {
    const { ask, look, looks, pass } = open()
    const early = ask()
    const late = ask(6)
    await look(0).answer({ seq: 6, ids: ['a'] })
    expect([early.answer?.seq, late.answer]).toEqual([6, undefined])
    await pass(25)
    expect(looks).toHaveLength(2)
    await look(1).answer({ seq: 7, ids: ['b'] })
    expect(late.answer).toEqual({ epoch: 'e', seq: 7, changed: ['b'] })
  })

  it('rule 5: answers nobody from a look that is over, however recent', async () => {
    const { ask, look, looks, pass } = open()
    ask()
    await look(0).answer({})
    await pass(1)
    const asked = ask()
    expect([looks.length, asked.answer]).toEqual([1, undefined])
    await pass(23)
    expect(looks).toHaveLength(1)
    await pass(1)
    expect(looks).toHaveLength(2)
  })

  it('starts one look in 25 ms for all that have asked by then, and each is told what it asked', async () => {
    const { ask, look, looks, pass } = open()
    ask()
    await look(0).answer({ seq: 9, ids: ['a', 'b', 'a', 'c'] })
    const asked = [ask(9), ask(7), ask(4), ask(9, 'f'), ask(99)]
    await pass(25)
    expect([looks.length, look(1).since, look(1).epoch]).toEqual([2, 9, 'e'])
    await look(1).answer({ seq: 10, ids: ['d'] })
    expect(asked.map(({ answer }) => answer?.changed)).toEqual([['d'], ['a', 'c', 'd'], null, null, null])
  })

  it('has one look under way, however long that takes', async () => {
    const { ask, look, looks, pass } = open()
    ask()
    await pass(400)
    ask()
    await pass(400)
    expect(looks).toHaveLength(1)
    await look(0).answer({})
    expect(looks).toHaveLength(2)
  })

  it('tells who asked that the store does not answer, and looks again for the next', async () => {
    const { ask, look, looks, pass } = open()
    const asked = ask()
    await look(0).fail()
    expect(asked).toEqual({ code: 'store_unavailable' })
    await pass(25)
    expect(looks).toHaveLength(1)
    const again = ask()
    await look(1).answer({ kind: 'reset', seq: 3, epoch: 'new' })
    expect(again.answer).toEqual({ epoch: 'new', seq: 3, changed: null })
  })

  it('goes on where an application stands, so that a gateway that starts empties no caches', async () => {
    const { ask, look, pass } = open()
    ask()
    await look(0).answer({ kind: 'reset', seq: 3, epoch: 'new' })
    expect([look(0).since, look(0).epoch]).toEqual([5, 'e'])
    await pass(25)
    ask(3, 'new')
    expect([look(1).since, look(1).epoch]).toEqual([3, 'new'])
  })
})

describe('a poll that a write was the first to use', () => {
  it('goes on where the next application stands', async () => {
    const { ask, wait, look, pass } = open()
    const write = wait()
    await look(0).answer({ kind: 'reset', seq: 9 })
    write.stop()
    await pass(25)
    const asked = ask(7)
    expect(look(1).since).toBe(7)
    await look(1).answer({ seq: 9, ids: ['a', 'b'] })
    expect(asked.answer?.changed).toEqual(['a', 'b'])
  })
})

describe('what a poll tells and hears of readers', () => {
  it('tells the store where each process stands, once in a look', async () => {
    const { ask, look, looks, pass } = open()
    ask(5, 'e', 'portal p')
    expect(look(0).heard).toEqual({ mark: expect.any(String), readers: [{ process: 'portal p', epoch: 'e', seq: 5 }], forget: [] })
    await look(0).answer({})
    ask(6, 'e', 'portal p')
    ask(7, 'e', 'portal q')
    ask(8, 'e', 'portal p')
    await pass(25)
    expect(look(1).heard?.readers).toEqual([
      { process: 'portal p', epoch: 'e', seq: 8 },
      { process: 'portal q', epoch: 'e', seq: 7 },
    ])
    expect(look(1).heard?.mark).not.toBe(look(0).heard?.mark)
    expect(looks).toHaveLength(2)
  })

  it('has a reader forgotten that was silent for 515 ms, and no other', async () => {
    const { ask, look, pass } = open()
    const reader = { process: 'portal p', epoch: 'e', seq: 5, mark: 'm' }
    ask()
    await look(0).answer({ readers: [reader] })
    await pass(514)
    ask(5, 'e', 'portal q')
    expect(look(1).heard?.forget).toEqual([])
    await look(1).answer({ readers: [reader] })
    await pass(25)
    ask(5, 'e', 'portal q')
    expect(look(2).heard?.forget).toEqual([expect.objectContaining({ process: 'portal p', mark: 'm' })])
  })
})

describe('a write that waits', () => {
  const standing = (seq: number, mark: string): Reader => ({ process: 'portal p', epoch: 'e', seq, mark })
  /** Past the time after the first look in which nothing is believed. */
  async function begun() {
    const opened = open()
    opened.ask()
    await opened.look(0).answer({ seq: 5, readers: [standing(5, 'a')] })
    await opened.pass(515)
    return opened
  }

  it('is released by the first look that finds that every reader has taken it in', async () => {
    const { wait, look, looks, pass } = await begun()
    const write = wait()
    expect([looks.length, look(1).since, look(1).heard?.readers]).toEqual([2, 5, []])
    await look(1).answer({ seq: 6, ids: ['s'], readers: [standing(5, 'b')] })
    expect(write.over).toBe(false)
    await pass(14)
    expect(looks).toHaveLength(2)
    await pass(1)
    await look(2).answer({ seq: 7, ids: ['t'], readers: [standing(6, 'c')] })
    expect(write.over).toBe(true)
    await pass(1_000)
    expect(looks).toHaveLength(3)
  })

  it('is released at once where no reader is known', async () => {
    const { wait, look } = await begun()
    const write = wait()
    await look(1).answer({ seq: 6, ids: ['s'] })
    expect(write.over).toBe(true)
  })

  it('rule 5: is not released by a look that had begun before', async () => {
    const { ask, wait, look, pass } = await begun()
    ask()
    const write = wait()
    await look(1).answer({ seq: 6, ids: ['s'] })
    expect(write.over).toBe(false)
    await pass(15)
    await look(2).answer({ seq: 6 })
    expect(write.over).toBe(true)
  })

  it('shares its looks with others that wait, and with heartbeats', async () => {
    const { ask, wait, look, looks, pass } = await begun()
    const first = wait()
    const writes = [wait(), wait()]
    const asked = ask(5)
    await look(1).answer({ seq: 6, ids: ['s'] })
    expect(first.over).toBe(true)
    await pass(15)
    expect(looks).toHaveLength(3)
    await look(2).answer({ seq: 6 })
    expect([...writes.map(({ over }) => over), asked.answer?.changed]).toEqual([true, true, ['s']])
  })

  it('goes on being asked for when the store does not answer, until it is given up', async () => {
    const { wait, look, looks, pass } = await begun()
    const write = wait()
    await look(1).fail()
    await pass(15)
    await look(2).answer({ seq: 6, ids: ['s'], readers: [standing(5, 'b')] })
    write.stop()
    await pass(1_000)
    expect([looks.length, write.over]).toEqual([3, false])
  })
})
