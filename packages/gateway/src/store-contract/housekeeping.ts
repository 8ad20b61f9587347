import { strict as assert } from 'node:assert'
import { SessionError } from '@single-state/core/protocol'
import {
  absoluteMs,
  auditOf,
  changeOf,
  committed,
  created,
  entryOf,
  idleMs,
  minuteMs,
  placeOf,
  type Scenario,
  stored,
  together,
} from './bench.ts'

const nothing = { endedBeforeMs: 0, auditBeforeMs: 0, limit: 100 }

export function housekeepingScenarios(scenario: Scenario): void {
  scenario('sweeps sessions that were over before the bound, whichever way they ended', async ({ store, clock }) => {
    const startMs = clock.now()
    await created(store, 'idle', { idleMs: minuteMs })
    await created(store, 'absolute', { idleMs: minuteMs, absoluteMs: minuteMs })
    await created(store, 'ended')
    await created(store, 'alive')
    clock.advance(minuteMs)
    await store.end('ended', 'revoked', entryOf('end'))
    clock.advance(minuteMs)
    const before = await placeOf(store)
    assert.deepEqual(await store.sweep({ ...nothing, endedBeforeMs: startMs + minuteMs }), { sessions: 0, audit: 0 })
    assert.deepEqual(await store.sweep({ ...nothing, endedBeforeMs: startMs + minuteMs + 1 }), { sessions: 3, audit: 0 })
    const { records } = await store.read(['idle', 'absolute', 'ended', 'alive'])
    assert.deepEqual(
      records.map((record) => record?.id ?? null),
      [null, null, null, 'alive'],
    )
    assert.deepEqual(await placeOf(store), before)
    assert.equal((await auditOf(store)).length, 5)
  })

  scenario('judges a sweep by when a session would now be over: an exchange moves it', async ({ store, clock }) => {
    await created(store, 'a', { idleMs: minuteMs })
    clock.advance(minuteMs - 1)
    await store.exchange('a', 1, minuteMs, entryOf('exchange'))
    clock.advance(minuteMs - 1)
    assert.equal((await store.sweep({ ...nothing, endedBeforeMs: clock.now() })).sessions, 0)
    assert.equal((await stored(store, 'a')).ended, null)
  })

  scenario('sweeps at most the limit, oldest first', async ({ store, clock }) => {
    for (const [id, lifeMs] of [
      ['c', 30],
      ['a', 10],
      ['b', 20],
    ] as const)
      await created(store, id, { absoluteMs: lifeMs })
    clock.advance(minuteMs)
    const bounds = { endedBeforeMs: clock.now(), auditBeforeMs: clock.now(), limit: 2 }
    assert.deepEqual(await store.sweep(bounds), { sessions: 2, audit: 2 })
    assert.deepEqual((await store.read(['a', 'b'])).records, [null, null])
    assert.equal((await stored(store, 'c')).id, 'c')
    assert.deepEqual(await store.sweep(bounds), { sessions: 1, audit: 1 })
    assert.deepEqual(await store.sweep(bounds), { sessions: 0, audit: 0 })
  })

  scenario('sweeps the audit only from its oldest end and numbers on', async ({ store, clock }) => {
    await created(store, 'a')
    clock.advance(minuteMs)
    await committed(store, 'a')
    // A clock that was set back: this record looks older than the one before it.
    clock.advance(-2 * minuteMs)
    await committed(store, 'a')
    clock.advance(2 * minuteMs)
    assert.equal((await store.sweep({ ...nothing, auditBeforeMs: clock.now() })).audit, 1)
    assert.deepEqual(
      (await auditOf(store)).map(({ seq }) => seq),
      [2, 3],
    )
    await store.sweep({ ...nothing, auditBeforeMs: clock.now() + 1 })
    await committed(store, 'a')
    assert.deepEqual(
      (await auditOf(store)).map(({ seq }) => seq),
      [4],
    )
  })

  scenario('keeps a cutoff through every sweep', async ({ store, clock }) => {
    const first = await created(store, 'a')
    const { endings } = await store.health()
    await store.endSubject(first, 'all', entryOf('end_subject'))
    clock.advance(absoluteMs)
    await store.sweep({ endedBeforeMs: clock.now(), auditBeforeMs: clock.now(), limit: 100 })
    await assert.rejects(created(store, 'b', { endingsAtStart: endings }), /cutoff/)
  })

  scenario('replaces signing keys only from the revision that is stored', async ({ store }) => {
    assert.deepEqual(await store.signingKeys(), { revision: 0, keys: [] })
    assert.equal(await store.saveSigningKeys(0, ['one']), true)
    assert.equal(await store.saveSigningKeys(0, ['late']), false)
    assert.equal(await store.saveSigningKeys(2, ['early']), false)
    assert.deepEqual(await store.signingKeys(), { revision: 1, keys: ['one'] })
    const saved = await together(50, (index) => store.saveSigningKeys(1, [`gateway ${index}`, 'one']))
    assert.equal(saved.filter(Boolean).length, 1)
    assert.deepEqual(await store.signingKeys(), { revision: 2, keys: [`gateway ${saved.indexOf(true)}`, 'one'] })
  })

  scenario('says in health that it can write, and counts the endings of subjects', async ({ store }) => {
    const { writable, endings } = await store.health()
    assert.deepEqual([writable, endings], [true, 0])
    await created(store, 'a')
    await store.end('a', 'revoked', entryOf('end'))
    await store.endSubject({ issuer: 'i', subject: 's' }, 'all', entryOf('end_subject'))
    assert.equal((await store.health()).endings, 1)
  })

  scenario('says what is to be known of it, and what to do where something is amiss', async ({ store }) => {
    const notes = await store.diagnose()
    assert.notEqual(notes.length, 0)
    for (const { level, found, fix } of notes) {
      assert.notEqual(found, '')
      assert.equal(fix === null, level === 'ok', found)
    }
  })

  scenario('answers store_unavailable once it is closed, and may be closed twice', async ({ store }) => {
    const first = await created(store, 'a')
    await store.close()
    await store.close()
    const calls: readonly (() => Promise<unknown>)[] = [
      () => store.create({ ...first, idleMs, absoluteMs, endingsAtStart: 0, limit: null, replaces: null }, entryOf('create')),
      () => store.read(['a']),
      () => store.commit(changeOf(first), entryOf('update')),
      () => store.end('a', 'revoked', entryOf('end')),
      () => store.endSubject(first, 'all', entryOf('end_subject')),
      () => store.exchange('a', 1, idleMs, entryOf('exchange')),
      () => store.confirm('a', 1),
      () => store.listBySubject(first),
      () => store.findByIdpSession('i', 'p'),
      () => store.changesSince(0, ''),
      () => store.appendAudit(entryOf('update')),
      () => auditOf(store),
      () => store.sweep(nothing),
      () => store.signingKeys(),
      () => store.saveSigningKeys(0, []),
      () => store.health(),
      () => store.diagnose(),
    ]
    for (const call of calls) await assert.rejects(call, (error) => error instanceof SessionError && error.code === 'store_unavailable')
  })
}
