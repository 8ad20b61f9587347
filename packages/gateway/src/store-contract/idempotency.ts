import { strict as assert } from 'node:assert'
import { auditOf, changeOf, committed, created, entryOf, kind, placeOf, type Scenario, stored, together } from './bench.ts'

const write = { key: 'portal key', requestHash: 'hash of the request' }

export function idempotencyScenarios(scenario: Scenario): void {
  scenario('answers a repeat with the session of today and applies nothing twice', async ({ store }) => {
    const change = changeOf(await created(store, 'a'), { write })
    const applied = kind(await store.commit(change, entryOf('update')), 'committed')
    assert.deepEqual(applied.record.writes, [{ ...write, version: 2 }])
    const today = await committed(store, 'a')
    const before = await placeOf(store)
    // Its precondition has been passed, by itself and by another: still a repeat, not a conflict.
    assert.deepEqual(kind(await store.commit(change, entryOf('update')), 'repeated').record, today)
    assert.deepEqual(await placeOf(store), before)
    assert.equal((await auditOf(store)).length, 3)
  })

  scenario('applies one write once, however often it arrives at once', async ({ store }) => {
    const change = changeOf(await created(store, 'a'), { write })
    const outcomes = await together(50, () => store.commit(change, entryOf('update')))
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'committed').length, 1)
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'repeated').length, 49)
    assert.equal((await stored(store, 'a')).version, 2)
  })

  scenario('refuses a used key for another request, before it looks at the version', async ({ store }) => {
    const first = await created(store, 'a')
    await store.commit(changeOf(first, { write }), entryOf('update'))
    const other = { ...write, requestHash: 'another' }
    kind(await store.commit(changeOf(first, { write: other }), entryOf('update')), 'key_reused')
    kind(await store.commit(changeOf(await stored(store, 'a'), { write: other }), entryOf('update')), 'key_reused')
    assert.equal((await stored(store, 'a')).version, 2)
  })

  scenario('keeps keys per session', async ({ store }) => {
    await created(store, 'a')
    await created(store, 'b')
    await committed(store, 'a', { write })
    assert.equal((await committed(store, 'b', { write: { ...write, requestHash: 'another' } })).version, 2)
  })

  scenario('remembers the last 16 writes', async ({ store }) => {
    const first = await created(store, 'a')
    for (let index = 1; index <= 17; index += 1) await committed(store, 'a', { write: { key: `k${index}`, requestHash: 'r' } })
    const keys = (await stored(store, 'a')).writes.map(({ key, version }) => `${key} made ${version}`)
    assert.equal(keys.length, 16)
    assert.deepEqual([keys[0], keys[15]], ['k2 made 3', 'k17 made 18'])
    kind(await store.commit(changeOf(first, { write: { key: 'k2', requestHash: 'r' } }), entryOf('update')), 'repeated')
    kind(await store.commit(changeOf(first, { write: { key: 'k1', requestHash: 'r' } }), entryOf('update')), 'conflict')
  })

  scenario('forgets a key that was not applied', async ({ store }) => {
    const first = await created(store, 'a')
    await committed(store, 'a')
    kind(await store.commit(changeOf(first, { write }), entryOf('update')), 'conflict')
    assert.equal((await committed(store, 'a', { write })).version, 3)
  })

  scenario('says that a session has ended also to a repeat', async ({ store }) => {
    const change = changeOf(await created(store, 'a'), { write })
    await store.commit(change, entryOf('update'))
    await store.end('a', 'revoked', entryOf('end'))
    assert.equal(kind(await store.commit(change, entryOf('update')), 'ended').reason, 'revoked')
  })
}
