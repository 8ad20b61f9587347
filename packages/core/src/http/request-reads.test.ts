import { describe, expect, it } from 'vitest'
import type { Freshness } from '../client/freshness.ts'
import { createRequestReads } from './request-reads.ts'
import type { Resolved } from './resolve.ts'

type Outcome = Resolved<string>['outcome']

const strict: Freshness = { live: false, maxAgeMs: 0, outageGraceMs: 0, atLeast: undefined }
const live: Freshness = { ...strict, live: true }
const within = (maxAgeMs: number): Freshness => ({ ...strict, maxAgeMs })
const grace = (outageGraceMs: number): Freshness => ({ ...strict, outageGraceMs })
const from = (atLeast: number): Freshness => ({ ...strict, atLeast })
const shown = (version: number, source: 'gateway' | 'lease' | 'snapshot' | 'outage-grace' = 'gateway'): Outcome => ({
  status: 'active',
  source,
  confirmedAtMs: 0,
  snapshot: { id: 'a', version, etag: '', view: `v${version}`, signals: {}, confirmedAtMs: 0, generation: 1, bytes: 1 },
})
const away: Outcome = { status: 'unavailable', code: 'store_unavailable', retryAfterMs: 1, silence: null }
const resolvedAs = (outcome: Outcome): Resolved<string> => ({ outcome, presented: null, successor: null, facts: null })

/** Reads whose answers the test gives by hand. */
function open() {
  const asked: { freshness: Freshness; answer: (outcome: Outcome) => void }[] = []
  const reads = createRequestReads<string>(
    (freshness) => new Promise((resolve) => asked.push({ freshness, answer: (outcome) => resolve(resolvedAs(outcome)) })),
  )
  const read = async (freshness: Freshness) => {
    const { outcome } = await reads.read(freshness)
    return outcome.status === 'active' ? outcome.snapshot.version : outcome.status
  }
  return { ...reads, read, asked }
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

describe('the reads of one request', () => {
  it('are one, for all who ask before it is answered and after', async () => {
    const { read, asked } = open()
    const both = Promise.all([read(strict), read(strict)])
    await turn()
    asked[0]?.answer(shown(1))
    expect(await both).toEqual([1, 1])
    expect(await read(strict)).toBe(1)
    expect(asked).toHaveLength(1)
  })

  it.each<[string, Freshness, Outcome, Freshness, boolean]>([
    ['a bound after a strict read', strict, shown(1), within(5), true],
    ['a strict read after a strict read', strict, shown(1), strict, true],
    ['a strict read after a snapshot', within(5), shown(1, 'snapshot'), strict, false],
    ['a strict read after a bound that the gateway answered', within(5), shown(1), strict, true],
    ['the same bound after a snapshot', within(5), shown(1, 'snapshot'), within(5), true],
    ['a wider bound after a snapshot', within(5), shown(1, 'snapshot'), within(9), true],
    ['a tighter bound after a snapshot', within(5), shown(1, 'snapshot'), within(4), false],
    ['a live read after one by a lease', live, shown(1, 'lease'), live, true],
    ['a strict read after one by a lease', live, shown(1, 'lease'), strict, false],
    ['a live read after a strict one', strict, shown(1), live, true],
    ['a live read after a snapshot', within(5), shown(1, 'snapshot'), live, false],
    ['a live read after nothing could be known strictly', strict, away, live, false],
    ['the same grace after an outage', grace(5), shown(1, 'outage-grace'), grace(5), true],
    ['no grace after an outage that was bridged', grace(5), shown(1, 'outage-grace'), strict, false],
    ['a bound after an outage that was bridged', grace(5), shown(1, 'outage-grace'), within(5), false],
    ['the same after nothing could be known', strict, away, strict, true],
    ['a grace after nothing could be known', strict, away, grace(5), false],
    ['a bound after nothing could be known', strict, away, within(5), false],
    ['no floor after nothing could be known above one', from(5), away, strict, false],
    ['a higher floor after nothing could be known above one', from(5), away, from(6), true],
    ['a floor that is reached', strict, shown(3), from(3), true],
    ['a floor that is not', strict, shown(3), from(4), false],
    ['anything after nobody was signed in', strict, { status: 'anonymous' }, from(9), true],
    ['anything after the session had ended', within(5), { status: 'ended', reason: 'expired' }, strict, true],
    ['anything after a refusal', strict, { status: 'refused', code: 'cross_site' }, from(9), true],
  ])('are enough or not: %s', async (_title, first, outcome, second, isEnough) => {
    const { read, asked } = open()
    const reading = read(first)
    asked[0]?.answer(outcome)
    await reading
    void read(second)
    await turn()
    expect(asked).toHaveLength(isEnough ? 1 : 2)
  })

  it('ask once more for all who need it fresher', async () => {
    const { read, asked } = open()
    const loose = read(within(5))
    const fresh = Promise.all([read(strict), read(strict)])
    asked[0]?.answer(shown(1, 'snapshot'))
    await turn()
    asked[1]?.answer(shown(2))
    expect([await loose, await fresh]).toEqual([1, [2, 2]])
    expect(asked).toHaveLength(2)
  })

  it('give what this request has written to those who had asked before and waited', async () => {
    const { read, asked, replace } = open()
    void read(strict)
    const waiting = read(strict)
    replace(resolvedAs(shown(2)))
    asked[0]?.answer(shown(1))
    expect(await waiting).toBe(2)
    expect(await read(strict)).toBe(2)
    expect(asked).toHaveLength(1)
  })

  it('do not let an answer that comes late undo a write or a sign-out', async () => {
    const { read, asked, replace } = open()
    const early = read(strict)
    replace(resolvedAs({ status: 'anonymous' }))
    asked[0]?.answer(shown(1))
    await early
    expect(await read(strict)).toBe('anonymous')
  })

  it('stay above a version that a conflict has told of', async () => {
    const { read, asked, forget } = open()
    const first = read(within(5))
    asked[0]?.answer(shown(1, 'snapshot'))
    await first
    forget(3)
    forget(2)
    void read(within(5))
    void read(from(7))
    await turn()
    expect(asked[1]?.freshness).toEqual({ ...within(5), atLeast: 3 })
    asked[1]?.answer(shown(3))
    await turn()
    expect(asked[2]?.freshness).toEqual(from(7))
  })
})
