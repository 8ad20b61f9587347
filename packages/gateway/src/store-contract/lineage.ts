import { strict as assert } from 'node:assert'
import {
  absoluteMs,
  auditOf,
  changeOf,
  committed,
  created,
  entryOf,
  idleMs,
  kind,
  minuteMs,
  placeOf,
  type Scenario,
  signalOf,
  stored,
  together,
} from './bench.ts'

const graceMs = 10_000
const reuse = entryOf('exchange', { reason: 'token.reused' })

export function lineageScenarios(scenario: Scenario): void {
  scenario('makes the next generation, unconfirmed, and nothing else: no version, no seq, no record', async ({ store, clock }) => {
    const first = await created(store, 'a')
    await store.confirm('a', 1)
    const before = await placeOf(store)
    clock.advance(minuteMs)
    const outcome = kind(await store.exchange('a', 1, idleMs, reuse), 'next')
    const expected = { ...first, generation: 2, confirmedAtMs: null, lastExchangeAtMs: clock.now(), idleAtMs: clock.now() + idleMs }
    assert.deepEqual(outcome.record, expected)
    assert.deepEqual(await stored(store, 'a'), expected)
    assert.deepEqual(await placeOf(store), before)
    assert.equal((await auditOf(store)).length, 1)
  })

  scenario('answers 50 exchanges at once with one new generation, the same to all', async ({ store }) => {
    await created(store, 'a')
    const outcomes = await together(50, () => store.exchange('a', 1, idleMs, reuse))
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'next').length, 1)
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'same').length, 49)
    for (const outcome of outcomes) assert.equal('record' in outcome && outcome.record.generation, 2)
  })

  scenario('answers a repeat after a lost answer with the same successor, however late', async ({ store, clock }) => {
    await created(store, 'a')
    await store.exchange('a', 1, idleMs, reuse)
    clock.advance(idleMs - 1)
    const outcome = kind(await store.exchange('a', 1, idleMs, reuse), 'same')
    assert.deepEqual([outcome.record.generation, outcome.record.idleAtMs], [2, clock.now() + idleMs])
  })

  scenario('serves the replaced generation until 10 s after the new one was shown, then ends the session', async ({ store, clock }) => {
    await created(store, 'a')
    await store.exchange('a', 1, idleMs, reuse)
    await store.confirm('a', 2)
    clock.advance(graceMs - 1)
    kind(await store.exchange('a', 1, idleMs, reuse), 'same')
    clock.advance(1)
    const { seq } = await placeOf(store)
    assert.equal(kind(await store.exchange('a', 1, idleMs, reuse), 'reused').seq, seq + 1)
    const { ended, endedAtMs, version, generation } = await stored(store, 'a')
    assert.deepEqual({ ended, endedAtMs, version, generation }, { ended: 'reused', endedAtMs: clock.now(), version: 1, generation: 2 })
  })

  scenario('records a reuse, once', async ({ store }) => {
    await created(store, 'a')
    await store.exchange('a', 1, idleMs, reuse)
    await store.exchange('a', 2, idleMs, reuse)
    kind(await store.exchange('a', 1, idleMs, reuse), 'reused')
    for (let attempt = 0; attempt < 2; attempt += 1) {
      assert.equal(kind(await store.exchange('a', 1, idleMs, reuse), 'ended').reason, 'reused')
    }
    const [, ...lines] = await auditOf(store)
    assert.deepEqual(
      lines.map(({ operation, reason, session, fromVersion, toVersion }) => [operation, reason, session, fromVersion, toVersion]),
      [['exchange', 'token.reused', 'hash of a', 1, 1]],
    )
  })

  scenario('ends the session for a token two generations back, inside the grace too, and for one from the future', async ({ store }) => {
    await created(store, 'a')
    await store.exchange('a', 1, idleMs, reuse)
    await store.exchange('a', 2, idleMs, reuse)
    kind(await store.exchange('a', 1, idleMs, reuse), 'reused')
    await created(store, 'b')
    kind(await store.exchange('b', 2, idleMs, reuse), 'reused')
  })

  scenario('finds out a thief and a victim that alternate by the second use at the latest', async ({ store, clock }) => {
    await created(store, 'a')
    const stolen = kind(await store.exchange('a', 1, idleMs, reuse), 'next').record.generation
    await store.confirm('a', stolen)
    kind(await store.exchange('a', stolen, idleMs, reuse), 'next')
    await store.confirm('a', stolen + 1)
    clock.advance(graceMs)
    kind(await store.exchange('a', stolen, idleMs, reuse), 'reused')
    assert.equal(kind(await store.exchange('a', stolen + 1, idleMs, reuse), 'ended').reason, 'reused')
  })

  scenario('moves the idle end, never past the absolute one', async ({ store, clock }) => {
    const first = await created(store, 'a', { absoluteMs: idleMs + minuteMs })
    clock.advance(2 * minuteMs)
    const { record } = kind(await store.exchange('a', 1, idleMs, reuse), 'next')
    assert.deepEqual([record.idleAtMs, record.expiresAtMs], [first.expiresAtMs, first.expiresAtMs])
  })

  scenario('exchanges nothing from the very moment that a session has run out', async ({ store, clock }) => {
    await created(store, 'a')
    clock.advance(idleMs)
    const before = await stored(store, 'a')
    assert.equal(kind(await store.exchange('a', 1, absoluteMs, reuse), 'ended').reason, 'expired')
    assert.deepEqual(await stored(store, 'a'), before)
    kind(await store.exchange('x', 1, idleMs, reuse), 'absent')
    assert.equal((await auditOf(store)).length, 1)
  })

  scenario('confirms the newest generation when it is first shown, and only then', async ({ store, clock }) => {
    const first = await created(store, 'a')
    const before = await placeOf(store)
    const shownAtMs = clock.now()
    assert.deepEqual((await store.confirm('a', 1)).record, { ...first, confirmedAtMs: shownAtMs })
    clock.advance(1000)
    assert.deepEqual((await store.confirm('a', 1)).record, { ...first, confirmedAtMs: shownAtMs })
    assert.deepEqual(await stored(store, 'a'), { ...first, confirmedAtMs: shownAtMs })
    assert.deepEqual(await placeOf(store), before)
    assert.equal((await auditOf(store)).length, 1)
  })

  scenario('confirms no other generation and no session that is over, and reads either', async ({ store, clock }) => {
    await created(store, 'a')
    await store.exchange('a', 1, idleMs, reuse)
    for (const shown of [1, 3]) assert.equal((await store.confirm('a', shown)).record?.confirmedAtMs, null)
    clock.advance(idleMs)
    assert.equal((await store.confirm('a', 2)).record?.confirmedAtMs, null)
    assert.equal((await store.confirm('x', 1)).record, null)
  })

  scenario('confirms with a change that shows the newest generation', async ({ store, clock }) => {
    await created(store, 'a')
    await store.exchange('a', 1, idleMs, reuse)
    assert.equal((await committed(store, 'a', { shown: null })).confirmedAtMs, null)
    assert.equal((await committed(store, 'a', { shown: 1 })).confirmedAtMs, null)
    const shownAtMs = clock.now()
    assert.equal((await committed(store, 'a', { shown: 2 })).confirmedAtMs, shownAtMs)
    clock.advance(1000)
    assert.equal((await committed(store, 'a', { shown: 2 })).confirmedAtMs, shownAtMs)
  })

  scenario('confirms with a signal too, and with no change that was not applied', async ({ store, clock }) => {
    const first = await created(store, 'a')
    await committed(store, 'a')
    kind(await store.commit(changeOf(first, { shown: 1 }), entryOf('update')), 'conflict')
    assert.equal((await stored(store, 'a')).confirmedAtMs, null)
    await store.commit({ ...signalOf(first, 's', 1, 1000), shown: 1 }, entryOf('signal'))
    assert.equal((await stored(store, 'a')).confirmedAtMs, clock.now())
  })
}
