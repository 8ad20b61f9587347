import { strict as assert } from 'node:assert'
import {
  absoluteMs,
  ada,
  auditOf,
  bob,
  created,
  entryOf,
  idleMs,
  kind,
  livingOf,
  newSession,
  placeOf,
  type Scenario,
  stored,
  together,
} from './bench.ts'

const denied = { max: 2, onOverflow: 'deny' } as const
const oldestOut = { max: 2, onOverflow: 'end-oldest' } as const

export function createScenarios(scenario: Scenario): void {
  scenario('creates a session at version 1, generation 1, unconfirmed, and reads back exactly that', async ({ store, clock }) => {
    const nowMs = clock.now()
    const outcome = kind(await store.create(newSession('a', { idpSession: 'at the provider' }), entryOf('create')), 'created')
    const expected = {
      ...ada,
      id: 'a',
      idHash: 'hash of a',
      reign: 0,
      version: 1,
      draw: 'draw0001',
      contract: 3,
      body: 'body of a',
      signals: {},
      idpSession: 'at the provider',
      createdAtMs: nowMs,
      expiresAtMs: nowMs + absoluteMs,
      idleAtMs: nowMs + idleMs,
      lastExchangeAtMs: nowMs,
      ended: null,
      endedAtMs: null,
      generation: 1,
      confirmedAtMs: null,
      writes: [],
    }
    assert.deepEqual(outcome.record, expected)
    assert.deepEqual(await stored(store, 'a'), expected)
    assert.deepEqual(outcome.ended, [])
  })

  scenario('records a creation from version 0 to 1', async ({ store, clock }) => {
    await store.create(newSession('a'), entryOf('create', { paths: ['context.locale'], traceId: 'trace' }))
    assert.deepEqual(await auditOf(store), [
      {
        seq: 1,
        at: new Date(clock.now()).toISOString(),
        application: 'portal',
        actor: 'https://login.example.com ada',
        operation: 'create',
        paths: ['context.locale'],
        reason: 'test.create',
        traceId: 'trace',
        outcome: 'committed',
        session: 'hash of a',
        subject: 'https://login.example.com ada',
        fromVersion: 0,
        toVersion: 1,
      },
    ])
  })

  scenario('never lets the idle end pass the absolute end', async ({ store, clock }) => {
    const record = await created(store, 'a', { idleMs: absoluteMs * 2 })
    assert.equal(record.idleAtMs, clock.now() + absoluteMs)
  })

  scenario('creates nothing under an id that it knows, ended or not', async ({ store }) => {
    const first = await created(store, 'a')
    await assert.rejects(store.create(newSession('a', { ...bob, body: 'other' }), entryOf('create')), TypeError)
    assert.deepEqual(await stored(store, 'a'), first)
    await store.end('a', 'revoked', entryOf('end'))
    await assert.rejects(store.create(newSession('a'), entryOf('create')), TypeError)
    assert.equal((await stored(store, 'a')).ended, 'revoked')
    assert.equal((await auditOf(store)).length, 2)
  })

  scenario('denies a session beyond the limit and changes nothing', async ({ store }) => {
    await created(store, 'a', { limit: denied })
    await created(store, 'b', { limit: denied })
    const before = await placeOf(store)
    kind(await store.create(newSession('c', { limit: denied }), entryOf('create')), 'limit')
    assert.deepEqual(await livingOf(store), ['a', 'b'])
    assert.deepEqual(await placeOf(store), before)
    assert.equal((await auditOf(store)).length, 2)
  })

  scenario('counts towards the limit only sessions of the subject that are alive', async ({ store, clock }) => {
    await created(store, 'other person', { ...bob, limit: denied })
    await created(store, 'other issuer', { issuer: 'https://elsewhere.example.com', limit: denied })
    await created(store, 'ended', { limit: denied })
    await store.end('ended', 'revoked', entryOf('end'))
    await created(store, 'runs out', { limit: denied })
    clock.advance(idleMs)
    await created(store, 'a', { limit: denied })
    await created(store, 'b', { limit: denied })
    assert.deepEqual(await livingOf(store), ['a', 'b'])
  })

  scenario('does not count the session that is replaced', async ({ store }) => {
    await created(store, 'a', { limit: denied })
    await created(store, 'b', { limit: denied })
    const outcome = kind(await store.create(newSession('c', { limit: denied, replaces: 'a' }), entryOf('create')), 'created')
    assert.deepEqual(outcome.ended, ['a'])
    assert.deepEqual(await livingOf(store), ['b', 'c'])
  })

  scenario('ends the oldest beyond the limit, each with a record of its own', async ({ store }) => {
    for (const id of ['a', 'b', 'c']) await created(store, id)
    const outcome = kind(await store.create(newSession('d', { limit: oldestOut }), entryOf('create')), 'created')
    assert.deepEqual(outcome.ended, ['a', 'b'])
    assert.deepEqual(await livingOf(store), ['c', 'd'])
    assert.equal((await stored(store, 'a')).ended, 'revoked')
    const lines = (await auditOf(store)).slice(3)
    assert.deepEqual(
      lines.map(({ session, operation, reason, fromVersion, toVersion }) => [session, operation, reason, fromVersion, toVersion]),
      [
        ['hash of a', 'end', 'session.limit', 1, 1],
        ['hash of b', 'end', 'session.limit', 1, 1],
        ['hash of d', 'create', 'test.create', 0, 1],
      ],
    )
  })

  scenario('ends what a session replaces in the same step', async ({ store, clock }) => {
    await created(store, 'a')
    const { seq } = await placeOf(store)
    const outcome = kind(await store.create(newSession('b', { replaces: 'a' }), entryOf('create')), 'created')
    assert.deepEqual(outcome.ended, ['a'])
    assert.equal(outcome.seq, seq + 2)
    // The answer's seq is the new session's own: what it replaced comes before it.
    assert.deepEqual(kind(await store.changesSince(seq + 1, outcome.epoch), 'changes').ids, ['b'])
    const { ended, endedAtMs, version } = await stored(store, 'a')
    assert.deepEqual({ ended, endedAtMs, version }, { ended: 'revoked', endedAtMs: clock.now(), version: 1 })
    const [line] = await auditOf(store, 'hash of a').then((lines) => lines.slice(1))
    assert.deepEqual([line?.operation, line?.reason], ['end', 'session.replaced'])
  })

  scenario('replaces a session that is unknown or over without a word', async ({ store }) => {
    await created(store, 'a')
    await store.end('a', 'revoked', entryOf('end'))
    const gone = kind(await store.create(newSession('b', { replaces: 'a' }), entryOf('create')), 'created')
    const unknown = kind(await store.create(newSession('c', { replaces: 'x' }), entryOf('create')), 'created')
    assert.deepEqual([gone.ended, unknown.ended], [[], []])
  })

  scenario('lets exactly the limit live when many log in at once', async ({ store }) => {
    for (const limit of [{ max: 5, onOverflow: 'deny' } as const, { max: 5, onOverflow: 'end-oldest' } as const]) {
      const person = { ...ada, subject: limit.onOverflow }
      await together(50, (index) => store.create(newSession(`${limit.onOverflow} ${index}`, { ...person, limit }), entryOf('create')))
      assert.equal((await livingOf(store, person)).length, 5)
    }
  })

  scenario('refuses a login that was under way when its subject was ended, and ends nothing for it', async ({ store }) => {
    await created(store, 'other', bob)
    const { endings } = await store.health()
    await store.endSubject(ada, 'all', entryOf('end_subject'))
    const before = await placeOf(store)
    const late = newSession('a', { endingsAtStart: endings, replaces: 'other' })
    kind(await store.create(late, entryOf('create')), 'cutoff')
    assert.deepEqual(await placeOf(store), before)
    assert.deepEqual(await livingOf(store, bob), ['other'])
    assert.deepEqual((await store.read(['a'])).records, [null])
  })

  scenario('lets a login pass that began after its subject was ended, or whose subject was not', async ({ store }) => {
    const { endings } = await store.health()
    await store.endSubject(ada, 'all', entryOf('end_subject'))
    await created(store, 'bob', { ...bob, endingsAtStart: endings })
    await created(store, 'namesake', { issuer: 'https://elsewhere.example.com', endingsAtStart: endings })
    await created(store, 'ada', { endingsAtStart: (await store.health()).endings })
  })
}
