import { describe, expect, it } from 'vitest'
import { createSnapshotCache } from '../cache/snapshot-cache.ts'
import type { HeartbeatAnswer, HeartbeatRequest } from '../document/wire-schemas.ts'
import { application } from '../fixtures/scene.ts'
import { virtualTime } from '../fixtures/virtual-time.ts'
import type { CallOutcome } from './gateway-call.ts'
import { createHeartbeats, refuseLeases } from './heartbeat.ts'

const terms = { heartbeatMs: 125, validMs: 500 }

/** Heartbeats whose answers the test gives by hand. */
function open(lease: typeof terms | null = terms) {
  const gives = { lease }
  const time = virtualTime()
  const cache = createSnapshotCache<string>()
  const asked: { question: HeartbeatRequest; timeoutMs: number; answer: (outcome: CallOutcome<HeartbeatAnswer>) => Promise<void> }[] = []
  const seen = { hashes: [] as string[], forgotten: 0, reports: [] as string[] }
  const leases = createHeartbeats({
    calls: {
      heartbeat: (question, timeoutMs) =>
        new Promise((resolve) => {
          const answer = (outcome: CallOutcome<HeartbeatAnswer>) => {
            resolve(outcome)
            return time.pass(0)
          }
          asked.push({ question, timeoutMs, answer })
        }),
    },
    cache,
    known: {
      facts: () => ({ application: { ...application, ...gives }, keyOf: () => undefined }),
      keepOnly: (hash) => {
        const changed = seen.hashes.length > 0 && seen.hashes.at(-1) !== hash
        seen.hashes.push(hash)
        return changed
      },
    },
    tokens: { forget: () => (seen.forgotten += 1) },
    clock: time.clock,
    timers: time.timers,
    random: () => 0,
    report: (code) => seen.reports.push(code),
  })
  const install = (id: string, version = 1, seq = 1) => {
    const snapshot = { id, version, etag: `"${version}"`, view: id, signals: {}, confirmedAtMs: 0, generation: 1, bytes: 1 }
    cache.install(snapshot, { seq, epoch: 'e' })
  }
  const isServed = (id: string) => cache.leased(id, time.clock.monotonicMs(), time.clock.wallMs()) !== undefined
  const last = () => asked.at(-1) as (typeof asked)[number]
  return { ...time, leases, cache, asked, last, seen, gives, install, isServed }
}

const ok = (seq: number, changed?: readonly string[], others: Partial<HeartbeatAnswer> = {}): CallOutcome<HeartbeatAnswer> => {
  const value = { epoch: 'e', seq, keys: 'k', ...(changed ? { changed: [...changed] } : { reset: true as const }), ...others }
  return { kind: 'ok', value, etag: null, read: null, bytes: 1 }
}
const silence: CallOutcome<HeartbeatAnswer> = { kind: 'silence', cause: null, sent: true }

describe('heartbeats', () => {
  it('begin with the first live read, every 125 ms, one at a time', async () => {
    const { leases, asked, last, pass } = open()
    await pass(1_000)
    expect(asked).toHaveLength(0)
    leases.want()
    leases.want()
    expect(asked).toHaveLength(1)
    expect(last().question).toEqual({ epoch: '', since: 0, process: expect.any(String) })
    expect(last().timeoutMs).toBe(500)
    await pass(400)
    expect(asked).toHaveLength(1)
    await last().answer(ok(7))
    await pass(0)
    expect(asked).toHaveLength(2)
    await last().answer(ok(7, []))
    await pass(0)
    expect(asked).toHaveLength(3)
    await last().answer(ok(7, []))
    await pass(124)
    expect(asked).toHaveLength(3)
    await pass(1)
    expect(asked).toHaveLength(4)
    expect(last().question).toMatchObject({ epoch: 'e', since: 7 })
  })

  it('say at once what was taken in, with one more between two and no further', async () => {
    const { leases, asked, last, pass, install, isServed } = open()
    leases.want()
    await last().answer(ok(1))
    expect(last().question).toMatchObject({ epoch: 'e', since: 1 })
    await last().answer(ok(1, []))
    install('a')
    await pass(125)
    expect(asked).toHaveLength(3)
    await last().answer(ok(2, ['a']))
    expect([asked.length, last().question.since, isServed('a')]).toEqual([4, 2, false])
    await last().answer(ok(3, ['b']))
    await pass(124)
    expect(asked).toHaveLength(4)
    await pass(1)
    expect([asked.length, last().question.since]).toEqual([5, 3])
    await last().answer(ok(3, []))
    await pass(124)
    expect(asked).toHaveLength(5)
  })

  it('say nothing sooner of other keys: no write waits for that', async () => {
    const { leases, asked, last, pass } = open()
    leases.want()
    await last().answer(ok(1))
    await last().answer(ok(1, []))
    await pass(125)
    await last().answer(ok(1, [], { keys: 'other' }))
    expect(asked).toHaveLength(3)
  })

  it('are not sent where the gateway grants no leases', async () => {
    const { leases, asked, pass } = open(null)
    leases.want()
    await pass(1_000)
    expect(asked).toHaveLength(0)
  })

  it('rule 7: count the lease from when they were queued, not from the answer', async () => {
    const { leases, last, install, isServed, pass } = open()
    leases.want()
    await last().answer(ok(1))
    await last().answer(ok(1, []))
    install('a')
    await pass(125)
    await pass(300)
    await last().answer(ok(1, []))
    expect(isServed('a')).toBe(true)
    await pass(199)
    expect(isServed('a')).toBe(true)
    await pass(1)
    expect(isServed('a')).toBe(false)
  })

  it('rule 5: bring a lease as long as is granted by then, and none where nothing is', async () => {
    const { leases, last, gives, install, isServed, pass } = open()
    leases.want()
    gives.lease = { heartbeatMs: 50, validMs: 200 }
    await last().answer(ok(1))
    install('a')
    expect(isServed('a')).toBe(true)
    await pass(199)
    expect(isServed('a')).toBe(true)
    await pass(1)
    expect(isServed('a')).toBe(false)
    gives.lease = null
    await last().answer(ok(1, []))
    expect(isServed('a')).toBe(false)
  })

  it('bring nothing to read by once their answer comes too late', async () => {
    const { leases, last, install, isServed, pass } = open()
    leases.want()
    await pass(500)
    await last().answer(ok(1))
    install('a')
    expect(isServed('a')).toBe(false)
  })

  it('leave nothing to a timer: after a pause the first read finds the lease run out', async () => {
    const { leases, last, install, isServed, pause } = open()
    leases.want()
    await last().answer(ok(1))
    install('a')
    pause(501)
    expect(isServed('a')).toBe(false)
  })

  it('drop what has changed before the lease is held', async () => {
    const { leases, last, install, isServed, pass, cache } = open()
    leases.want()
    await last().answer(ok(1))
    for (const id of ['a', 'b']) install(id)
    await pass(125)
    await last().answer(ok(2, ['a']))
    expect([isServed('a'), isServed('b')]).toEqual([false, true])
    install('a', 1, 1)
    expect(isServed('a')).toBe(false)
    install('a', 2, 2)
    expect(isServed('a')).toBe(true)
    expect(cache.lease()?.seq).toBe(2)
  })

  it.each<[string, CallOutcome<HeartbeatAnswer>]>([
    ['the gateway says so', ok(9)],
    ['the epoch is another', ok(9, [], { epoch: 'f' })],
    ['the store has gone back', ok(3, [])],
    ['the answer says nothing of changes', ok(9, undefined, { reset: undefined as unknown as true })],
  ])('drop everything where %s', async (_why, answer) => {
    const { leases, last, install, isServed, pass } = open()
    leases.want()
    await last().answer(ok(4))
    install('a', 1, 4)
    expect(isServed('a')).toBe(true)
    await pass(125)
    await last().answer(answer)
    expect(isServed('a')).toBe(false)
  })

  it('withdraw keys, verified tokens and what is held at once when keys or grants have changed', async () => {
    const { leases, last, seen, pass, install, isServed } = open()
    leases.want()
    await last().answer(ok(1))
    install('a')
    await pass(125)
    await last().answer(ok(1, []))
    expect([seen.forgotten, isServed('a')]).toEqual([0, true])
    await pass(125)
    await last().answer(ok(1, [], { keys: 'other' }))
    expect([seen.forgotten, seen.hashes, isServed('a')]).toEqual([1, ['k', 'k', 'other'], false])
  })

  it('are dropped by a machine that was suspended: its wall clock says so', async () => {
    const { leases, last, install, isServed, clock } = open()
    leases.want()
    await last().answer(ok(1))
    install('a')
    clock.setWall(clock.wallMs() + 60_000)
    expect(isServed('a')).toBe(false)
  })

  it('are also dropped when the machine was suspended while one was under way', async () => {
    const { leases, last, install, isServed, clock } = open()
    leases.want()
    clock.setWall(clock.wallMs() + 60_000)
    await last().answer(ok(1))
    install('a')
    expect(isServed('a')).toBe(false)
  })

  it('come less often while the gateway is away, at least once a second, and as before once it is back', async () => {
    const { leases, asked, last, due, pass } = open()
    leases.want()
    const pauses: number[] = []
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await last().answer(silence)
      pauses.push(due()[0] as number)
      await pass(due()[0] as number)
    }
    expect(pauses).toEqual([250, 500, 1_000, 1_000, 1_000])
    await last().answer(ok(1))
    expect(asked).toHaveLength(7)
    await last().answer(ok(1, []))
    expect(due()).toEqual([125])
  })

  it('are asked for again half a minute after the gateway has said that it grants none', async () => {
    const { leases, asked, last, seen, pass } = open()
    leases.want()
    await last().answer({ kind: 'problem', status: 404, code: 'not_found' })
    for (let at = 0; at < 29; at += 1) {
      await pass(1_000)
      leases.want()
    }
    expect(asked).toHaveLength(1)
    await pass(1_000)
    leases.want()
    expect(asked).toHaveLength(2)
    await last().answer({ kind: 'problem', status: 401, code: 'application_unknown' })
    expect(seen.reports).toEqual(['application_unknown'])
  })

  it('stop for good when the client is closed, one under way included', async () => {
    const { leases, asked, last, cache, due, pass } = open()
    leases.want()
    leases.close()
    await last().answer(ok(1))
    expect([cache.lease(), due()]).toEqual([null, []])
    leases.want()
    await pass(60_000)
    expect(asked).toHaveLength(1)
  })
})

describe('where a process is frozen between requests', () => {
  it('leases are refused, which is said once', () => {
    const lines: string[] = []
    const leases = refuseLeases('AWS Lambda', ({ message }) => lines.push(message))
    leases.want()
    leases.want()
    leases.close()
    expect(lines).toEqual(['live reads are refused on AWS Lambda: they ask the gateway, as strict ones do'])
  })
})
