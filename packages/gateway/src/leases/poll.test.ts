import { SessionError } from '@single-state/core/protocol'
import { describe, expect, it } from 'vitest'
import { manualTimers } from '../fixtures/manual-timers.ts'
import type { SessionStore } from '../stores/store.ts'
import { createChangePoll, type HeartbeatAnswer } from './poll.ts'

type Changes = Awaited<ReturnType<SessionStore['changesSince']>>

/** A poll over a store whose answers the test gives by hand. */
function open() {
  const { monotonic, timers, pass } = manualTimers()
  const looks: { since: number; epoch: string; answer: (changes: Partial<Changes>) => Promise<void>; fail: () => Promise<void> }[] = []
  const poll = createChangePoll({
    store: {
      changesSince: (since, epoch) =>
        new Promise((resolve, reject) => {
          const answer = (changes: Partial<Changes>) => {
            resolve({ kind: 'changes', ids: [], seq: since, epoch: 'e', nowMs: 0, ...changes } as Changes)
            return pass(0)
          }
          const fail = () => {
            reject(new SessionError('store_unavailable'))
            return pass(0)
          }
          looks.push({ since, epoch, answer, fail })
        }),
    },
    monotonicMs: monotonic,
    after: timers.after,
  })
  const ask = (since = 5, epoch = 'e') => {
    const asked: { answer?: HeartbeatAnswer; code?: string } = {}
    poll.ask({ since, epoch }).then(
      (answer) => Object.assign(asked, { answer }),
      (error: SessionError) => Object.assign(asked, { code: error.code }),
    )
    return asked
  }
  const look = (at: number) => looks[at] as (typeof looks)[number]
  return { ask, looks, look, pass }
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
