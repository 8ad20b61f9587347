import { strict as assert } from 'node:assert'
import type { SessionRecord } from '../stores/store.ts'
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
} from './bench.ts'

export function commitScenarios(scenario: Scenario): void {
  scenario('raises the version by exactly 1, with a record from the old to the new', async ({ store }) => {
    const first = await created(store, 'a')
    const before = await placeOf(store)
    const outcome = kind(await store.commit(changeOf(first), entryOf('update')), 'committed')
    assert.deepEqual(outcome.record, { ...first, version: 2, draw: 'draw0002', body: 'body at 2' })
    assert.deepEqual(await stored(store, 'a'), outcome.record)
    assert.deepEqual([outcome.seq, outcome.epoch], [before.seq + 1, before.epoch])
    const [, line] = await auditOf(store)
    assert.deepEqual([line?.operation, line?.session, line?.fromVersion, line?.toVersion], ['update', 'hash of a', 1, 2])
  })

  scenario('tells the loser the current version and changes nothing', async ({ store }) => {
    const first = await created(store, 'a')
    const winner = await committed(store, 'a')
    const before = await placeOf(store)
    assert.equal(kind(await store.commit(changeOf(first), entryOf('update')), 'conflict').version, 2)
    assert.deepEqual(await stored(store, 'a'), winner)
    assert.deepEqual(await placeOf(store), before)
    assert.equal((await auditOf(store)).length, 2)
  })

  scenario('refuses the right version with another draw, and a version that is ahead', async ({ store }) => {
    const first = await created(store, 'a')
    const foreign = changeOf(first, { expected: { version: 1, draw: 'another1' } })
    kind(await store.commit(foreign, entryOf('update')), 'conflict')
    kind(await store.commit(changeOf(first, { expected: { version: 2, draw: first.draw } }), entryOf('update')), 'conflict')
  })

  scenario('refuses a change of another text than it has, whatever the version, and takes that of its own', async ({ store }) => {
    const first = await created(store, 'a')
    const before = await placeOf(store)
    const altered = changeOf(first, { basedOn: `${first.body}.` })
    assert.equal(kind(await store.commit(altered, entryOf('update')), 'conflict').version, 1)
    assert.deepEqual(await stored(store, 'a'), first)
    assert.deepEqual(await placeOf(store), before)
    kind(await store.commit(changeOf(first, { basedOn: first.body }), entryOf('update')), 'committed')
  })

  scenario('answers absent for a session that it does not know', async ({ store }) => {
    const first = await created(store, 'a')
    kind(await store.commit({ ...changeOf(first), id: 'x' }, entryOf('update')), 'absent')
    assert.equal((await auditOf(store)).length, 1)
  })

  scenario('keeps the revision that a body was written under until the body changes', async ({ store }) => {
    const first = await created(store, 'a', { contract: 3 })
    const signalled = kind(await store.commit({ ...signalOf(first, 's', 1, 1000), contract: 4 }, entryOf('signal')), 'committed')
    assert.deepEqual([signalled.record.contract, signalled.record.body], [3, 'body of a'])
    assert.equal((await committed(store, 'a', { contract: 4 })).contract, 4)
  })

  scenario('returns a body untouched, whatever it is', async ({ store }) => {
    const bodies = ['', 'not JSON', '{"id":"another"', '\u0000\u001b[31m', '日本 🙂', '"; DROP TABLE sessions; --', 'x'.repeat(20_000)]
    await created(store, 'a')
    for (const body of bodies) {
      await committed(store, 'a', { body })
      assert.equal((await stored(store, 'a')).body, body)
    }
  })

  scenario('takes a signal without a precondition, last writer wins, one version each', async ({ store, clock }) => {
    const first = await created(store, 'a')
    await store.commit(signalOf(first, 'moved', { tenant: 'one' }, 5000), entryOf('signal'))
    const last = kind(await store.commit(signalOf(first, 'moved', { tenant: 'two' }, 5000), entryOf('signal')), 'committed')
    assert.equal(last.record.version, 3)
    assert.deepEqual(last.record.signals, { moved: { value: { tenant: 'two' }, expiresAtMs: clock.now() + 5000 } })
  })

  scenario('keeps a signal that has run out until the next commit and drops it there', async ({ store, clock }) => {
    const first = await created(store, 'a')
    await store.commit(signalOf(first, 'short', 1, 1000), entryOf('signal'))
    await store.commit(signalOf(first, 'long', 2, 2000), entryOf('signal'))
    clock.advance(1000)
    await store.confirm('a', 1)
    await store.exchange('a', 1, idleMs, entryOf('exchange'))
    assert.deepEqual(Object.keys((await stored(store, 'a')).signals), ['short', 'long'])
    assert.deepEqual(Object.keys((await committed(store, 'a')).signals), ['long'])
  })

  scenario('keeps signals of any name as data', async ({ store }) => {
    const first = await created(store, 'a')
    for (const name of ['__proto__', 'constructor', "it's"]) {
      const outcome = kind(await store.commit(signalOf(first, name, { name }, 1000), entryOf('signal')), 'committed')
      assert.deepEqual(Object.getOwnPropertyDescriptor(outcome.record.signals, name)?.value.value, { name })
    }
    assert.deepEqual(Object.keys((await stored(store, 'a')).signals).sort(), ['__proto__', 'constructor', "it's"])
  })

  scenario('refuses a change from the very moment that a session has run out', async ({ store, clock }) => {
    const first = await created(store, 'a')
    clock.advance(idleMs - 1)
    const second = kind(await store.commit(changeOf(first), entryOf('update')), 'committed').record
    clock.advance(1)
    assert.equal(kind(await store.commit(changeOf(second), entryOf('update')), 'ended').reason, 'expired')
    assert.equal(kind(await store.commit(signalOf(second, 's', 1, 1000), entryOf('signal')), 'ended').reason, 'expired')
    assert.equal((await stored(store, 'a')).version, 2)
    assert.equal((await auditOf(store)).length, 2)
  })

  scenario('never extends a session by a change', async ({ store, clock }) => {
    const first = await created(store, 'a')
    clock.advance(minuteMs)
    const { idleAtMs, expiresAtMs, lastExchangeAtMs } = await committed(store, 'a')
    assert.deepEqual([idleAtMs, expiresAtMs, lastExchangeAtMs], [first.idleAtMs, first.expiresAtMs, first.lastExchangeAtMs])
    assert.equal(expiresAtMs - first.createdAtMs, absoluteMs)
  })

  scenario('says why a session has ended rather than that the version is old', async ({ store }) => {
    const first = await created(store, 'a')
    await committed(store, 'a')
    await store.end('a', 'invalid', entryOf('end'))
    assert.equal(kind(await store.commit(changeOf(first), entryOf('update')), 'ended').reason, 'invalid')
  })

  scenario('hands out and takes in copies: nobody holds a part of the store', async ({ store }) => {
    const first = await created(store, 'a')
    const list = [1]
    const listOf = ({ signals }: SessionRecord) => signals['s']?.value as number[]
    const outcome = kind(await store.commit(signalOf(first, 's', list, 1000), entryOf('signal')), 'committed')
    list.push(2)
    listOf(outcome.record).push(3)
    listOf(await stored(store, 'a')).push(4)
    assert.deepEqual(listOf(await stored(store, 'a')), [1])
  })
}
