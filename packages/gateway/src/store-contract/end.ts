import { strict as assert } from 'node:assert'
import {
  ada,
  auditOf,
  bob,
  changeOf,
  committed,
  created,
  entryOf,
  idleMs,
  kind,
  livingOf,
  newSession,
  placeOf,
  type Scenario,
  stored,
} from './bench.ts'

export function endScenarios(scenario: Scenario): void {
  scenario('leaves a tombstone: reason and time set, version unchanged, recorded, counted', async ({ store, clock }) => {
    await created(store, 'a')
    const second = await committed(store, 'a')
    const { seq } = await placeOf(store)
    clock.advance(5)
    const outcome = kind(await store.end('a', 'revoked', entryOf('end')), 'ended')
    assert.equal(outcome.seq, seq + 1)
    assert.deepEqual(await stored(store, 'a'), { ...second, ended: 'revoked', endedAtMs: clock.now() })
    const line = (await auditOf(store)).at(-1)
    assert.deepEqual([line?.operation, line?.reason, line?.fromVersion, line?.toVersion], ['end', 'test.end', 2, 2])
  })

  scenario('keeps the first tombstone and says so', async ({ store, clock }) => {
    await created(store, 'a')
    await store.end('a', 'invalid', entryOf('end'))
    const before = await stored(store, 'a')
    clock.advance(5)
    kind(await store.end('a', 'revoked', entryOf('end')), 'already')
    assert.deepEqual(await stored(store, 'a'), before)
    assert.equal((await auditOf(store)).length, 2)
  })

  scenario('answers absent for a session that it does not know', async ({ store }) => {
    kind(await store.end('x', 'revoked', entryOf('end')), 'absent')
    assert.deepEqual(await auditOf(store), [])
  })

  scenario('ends a session that had run out as expired, for good', async ({ store, clock }) => {
    const first = await created(store, 'a')
    clock.advance(idleMs)
    kind(await store.end('a', 'revoked', entryOf('end')), 'expired')
    assert.equal((await stored(store, 'a')).ended, 'expired')
    kind(await store.end('a', 'revoked', entryOf('end')), 'already')
    clock.advance(-idleMs)
    assert.equal(kind(await store.commit(changeOf(first), entryOf('update')), 'ended').reason, 'expired')
    assert.deepEqual(await livingOf(store), [])
  })

  scenario('keeps the reason of an end when its time would have come anyway', async ({ store, clock }) => {
    const first = await created(store, 'a')
    await store.end('a', 'revoked', entryOf('end'))
    clock.advance(idleMs)
    assert.equal(kind(await store.commit(changeOf(first), entryOf('update')), 'ended').reason, 'revoked')
  })

  scenario('lets no verb bring an ended session back', async ({ store }) => {
    const first = await created(store, 'a')
    await store.end('a', 'revoked', entryOf('end'))
    const tombstone = await stored(store, 'a')
    const before = await placeOf(store)
    await store.commit(changeOf(first), entryOf('update'))
    await store.exchange('a', 1, idleMs, entryOf('exchange'))
    await store.exchange('a', 9, idleMs, entryOf('exchange'))
    await store.confirm('a', 1)
    await store.endSubject(ada, 'all', entryOf('end_subject'))
    assert.deepEqual(await stored(store, 'a'), tombstone)
    assert.deepEqual(await placeOf(store), before)
  })

  scenario('returns ended sessions from read and from nothing that lists living ones', async ({ store }) => {
    await created(store, 'a', { idpSession: 'p' })
    await store.end('a', 'revoked', entryOf('end'))
    const { records } = await store.read(['a', 'x', 'a'])
    assert.deepEqual(
      records.map((record) => record && [record.id, record.ended]),
      [['a', 'revoked'], null, ['a', 'revoked']],
    )
    assert.deepEqual(await livingOf(store), [])
    assert.deepEqual((await store.findByIdpSession(ada.issuer, 'p')).records, [])
  })

  scenario('ends every session of a subject in one step, each recorded and in the change log', async ({ store, clock }) => {
    for (const id of ['a', 'b', 'c']) await created(store, id)
    await created(store, 'other', bob)
    await store.end('b', 'invalid', entryOf('end'))
    const before = await placeOf(store)
    const outcome = await store.endSubject(ada, 'all', entryOf('end_subject'))
    assert.deepEqual(outcome.ended, ['a', 'c'])
    assert.deepEqual(await livingOf(store), [])
    assert.deepEqual(await livingOf(store, bob), ['other'])
    assert.deepEqual([(await stored(store, 'a')).endedAtMs, (await stored(store, 'b')).ended], [clock.now(), 'invalid'])
    const changes = kind(await store.changesSince(before.seq, before.epoch), 'changes')
    assert.deepEqual(changes.ids, ['a', 'c'])
  })

  scenario('answers of the sessions of a subject those that were alive, and ends all', async ({ store, clock }) => {
    await created(store, 'runs out', { idleMs: 10 })
    await created(store, 'a')
    const before = await placeOf(store)
    clock.advance(10)
    assert.deepEqual((await store.endSubject(ada, 'all', entryOf('end_subject'))).ended, ['a'])
    const { records } = await store.read(['runs out', 'a'])
    assert.deepEqual(
      records.map((record) => [record?.ended, record?.endedAtMs]),
      [
        ['expired', clock.now()],
        ['revoked', clock.now()],
      ],
    )
    const changes = kind(await store.changesSince(before.seq, before.epoch), 'changes')
    assert.deepEqual(changes.ids, ['runs out', 'a'])
  })

  scenario('records a cutoff without a session, then each end', async ({ store }) => {
    await created(store, 'a')
    await store.endSubject(ada, 'all', entryOf('end_subject'))
    await store.endSubject(bob, 'all', entryOf('end_subject'))
    assert.deepEqual(
      (await auditOf(store)).slice(1).map(({ operation, session, subject, toVersion }) => [operation, session, subject, toVersion]),
      [
        ['end_subject', null, `${ada.issuer} ada`, null],
        ['end_subject', 'hash of a', `${ada.issuer} ada`, 1],
        ['end_subject', null, `${bob.issuer} bob`, null],
      ],
    )
  })

  scenario('spares the session that is excepted and raises the cutoff all the same', async ({ store }) => {
    await created(store, 'mine')
    await created(store, 'other')
    const { endings } = await store.health()
    const outcome = await store.endSubject(ada, { except: 'mine' }, entryOf('end_subject'))
    assert.deepEqual(outcome.ended, ['other'])
    assert.deepEqual(await livingOf(store), ['mine'])
    kind(await store.create(newSession('late', { endingsAtStart: endings }), entryOf('create')), 'cutoff')
  })

  scenario('ends what one session of the provider began, and raises the cutoff all the same', async ({ store }) => {
    await created(store, 'of p', { idpSession: 'p' })
    await created(store, 'of q', { idpSession: 'q' })
    await created(store, 'of none')
    await created(store, 'of bob', { ...bob, idpSession: 'p' })
    const { endings } = await store.health()
    assert.deepEqual((await store.endSubject(ada, { idpSession: 'p' }, entryOf('end_subject'))).ended, ['of p'])
    assert.deepEqual(await livingOf(store), ['of q', 'of none'])
    assert.deepEqual(await livingOf(store, bob), ['of bob'])
    kind(await store.create(newSession('late', { endingsAtStart: endings, idpSession: 'p' }), entryOf('create')), 'cutoff')
  })

  scenario('ends none, and lets nobody in whose login began before', async ({ store }) => {
    await created(store, 'a')
    const { endings, seq } = await store.health()
    const outcome = await store.endSubject(ada, 'none', entryOf('refresh_subject'))
    assert.deepEqual([outcome.ended, outcome.seq], [[], seq])
    assert.deepEqual(await livingOf(store), ['a'])
    assert.deepEqual(
      (await auditOf(store)).slice(1).map(({ operation, session }) => [operation, session]),
      [['refresh_subject', null]],
    )
    kind(await store.create(newSession('late', { endingsAtStart: endings }), entryOf('create')), 'cutoff')
    await created(store, 'new', { endingsAtStart: endings + 1 })
  })

  scenario('ends everybody in one step: one record, no count, a new epoch', async ({ store, clock }) => {
    await created(store, 'a')
    await created(store, 'b', bob)
    await created(store, 'runs out', { idleMs: 10 })
    await created(store, 'over')
    await store.end('over', 'invalid', entryOf('end'))
    const { seq, epoch, endings } = await store.health()
    clock.advance(10)
    const outcome = await store.endAll(entryOf('end_all'))
    assert.equal(outcome.seq, seq)
    assert.notEqual(outcome.epoch, epoch)
    const endedAtMs = clock.now()
    clock.advance(5)
    const { records, ...place } = await store.read(['a', 'b', 'runs out', 'over'])
    assert.deepEqual(
      records.map((record) => [record?.ended, record?.endedAtMs, record?.version]),
      [
        ['revoked', endedAtMs, 1],
        ['revoked', endedAtMs, 1],
        ['expired', endedAtMs, 1],
        ['invalid', endedAtMs - 10, 1],
      ],
    )
    assert.deepEqual([place.seq, place.epoch], [outcome.seq, outcome.epoch])
    kind(await store.changesSince(seq, epoch), 'reset')
    assert.equal((await store.health()).endings, endings + 1)
    const [line, ...more] = (await auditOf(store)).slice(5)
    assert.deepEqual([line?.operation, line?.session, line?.subject, line?.toVersion], ['end_all', null, null, null])
    assert.deepEqual(more, [])
  })

  scenario('lets no verb bring back a session that ended with everybody', async ({ store }) => {
    const first = await created(store, 'a', { idpSession: 'p' })
    await store.endAll(entryOf('end_all'))
    const tombstone = await stored(store, 'a')
    assert.equal(kind(await store.commit(changeOf(first), entryOf('update')), 'ended').reason, 'revoked')
    assert.equal(kind(await store.exchange('a', 1, idleMs, entryOf('exchange')), 'ended').reason, 'revoked')
    assert.equal(kind(await store.exchange('a', 9, idleMs, entryOf('exchange')), 'ended').reason, 'revoked')
    assert.deepEqual((await store.confirm('a', 1)).record, tombstone)
    kind(await store.end('a', 'revoked', entryOf('end')), 'already')
    assert.deepEqual((await store.endSubject(ada, 'all', entryOf('end_subject'))).ended, [])
    assert.deepEqual(await livingOf(store), [])
    assert.deepEqual((await store.findByIdpSession(ada.issuer, 'p')).records, [])
    assert.deepEqual(await stored(store, 'a'), tombstone)
  })

  scenario('lets nobody in whose login began before everybody was ended, and everybody after', async ({ store }) => {
    const { endings } = await store.health()
    await store.endAll(entryOf('end_all'))
    kind(await store.create(newSession('late', { endingsAtStart: endings }), entryOf('create')), 'cutoff')
    const { endings: now } = await store.health()
    kind(await store.create(newSession('new', { endingsAtStart: now }), entryOf('create')), 'created')
    assert.deepEqual(await livingOf(store), ['new'])
    await store.endAll(entryOf('end_all'))
    assert.deepEqual(await livingOf(store), [])
  })

  scenario('tells subjects apart by issuer and subject together', async ({ store }) => {
    await created(store, 'a', { issuer: 'i', subject: 'j k' })
    await created(store, 'b', { issuer: 'i j', subject: 'k' })
    await store.endSubject({ issuer: 'i j', subject: 'k' }, 'all', entryOf('end_subject'))
    assert.deepEqual(await livingOf(store, { issuer: 'i', subject: 'j k' }), ['a'])
    await created(store, 'c', { issuer: 'i', subject: 'j k' })
  })

  scenario('lists the living sessions of a subject oldest first', async ({ store, clock }) => {
    await created(store, 'z')
    await created(store, 'runs out', { idleMs: 10 })
    await created(store, 'a')
    await committed(store, 'z')
    await created(store, 'other', bob)
    clock.advance(10)
    assert.deepEqual(await livingOf(store), ['z', 'a'])
  })

  scenario('finds the living sessions that a provider session began', async ({ store, clock }) => {
    await created(store, 'a', { idpSession: 'p' })
    await created(store, 'b', { idpSession: 'p' })
    await created(store, 'c', { idpSession: 'q' })
    await created(store, 'd', { idpSession: 'p', issuer: 'https://elsewhere.example.com' })
    await created(store, 'e')
    await created(store, 'runs out', { idpSession: 'p', idleMs: 10 })
    clock.advance(10)
    const { records } = await store.findByIdpSession(ada.issuer, 'p')
    assert.deepEqual(
      records.map(({ id }) => id),
      ['a', 'b'],
    )
  })
}
