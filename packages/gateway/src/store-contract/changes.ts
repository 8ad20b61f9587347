import { strict as assert } from 'node:assert'
import type { Heard, KnownReaders } from '../stores/store.ts'
import { auditOf, changeOf, committed, created, entryOf, idleMs, kind, placeOf, type Scenario, signalOf } from './bench.ts'

/** What the port says a store keeps. */
const keptChanges = 10_000

export function changeScenarios(scenario: Scenario): void {
  scenario('counts one for every create, commit and end, and nothing else', async ({ store }) => {
    const { seq, epoch } = await placeOf(store)
    const first = await created(store, 'a')
    await store.commit(signalOf(first, 's', 1, 1000), entryOf('signal'))
    await committed(store, 'a')
    await store.exchange('a', 1, idleMs, entryOf('exchange'))
    await store.confirm('a', 2)
    await store.commit(changeOf(first), entryOf('update'))
    await store.appendAudit(entryOf('update', { outcome: 'denied' }))
    await store.end('a', 'revoked', entryOf('end'))
    await store.end('a', 'revoked', entryOf('end'))
    assert.deepEqual(await placeOf(store), { seq: seq + 4, epoch })
  })

  scenario('answers every verb with where the store stood and what its clock said', async ({ store, clock }) => {
    const { epoch } = await placeOf(store)
    const first = await created(store, 'a')
    clock.advance(7)
    const answers = [
      await store.read(['a']),
      await store.confirm('a', 1),
      await store.exchange('a', 1, idleMs, entryOf('exchange')),
      await store.listBySubject(first),
      await store.findByIdpSession('i', 'p'),
      await store.changesSince(0, epoch),
      await store.health(),
      await store.commit(changeOf(first, { expected: { version: 9, draw: '' } }), entryOf('update')),
    ]
    for (const { seq, epoch: found, nowMs } of answers) assert.deepEqual([seq, found, nowMs], [1, epoch, clock.now()])
  })

  scenario('names the session of every change since, in order', async ({ store }) => {
    const start = await placeOf(store)
    await created(store, 'a')
    await created(store, 'b')
    const middle = await placeOf(store)
    await committed(store, 'b')
    await committed(store, 'b')
    await store.end('a', 'revoked', entryOf('end'))
    const since = async (seq: number) => kind(await store.changesSince(seq, start.epoch), 'changes')
    assert.deepEqual((await since(start.seq)).ids, ['a', 'b', 'b', 'b', 'a'])
    assert.deepEqual((await since(middle.seq)).ids, ['b', 'b', 'a'])
    assert.deepEqual((await since(middle.seq + 2)).ids, ['a'])
    assert.deepEqual((await since(middle.seq + 3)).ids, [])
  })

  scenario('asks for a reset when it cannot tell: another epoch, or a seq from the future', async ({ store }) => {
    await created(store, 'a')
    const { seq, epoch } = await placeOf(store)
    kind(await store.changesSince(seq, `${epoch}x`), 'reset')
    kind(await store.changesSince(0, ''), 'reset')
    kind(await store.changesSince(seq + 1, epoch), 'reset')
    kind(await store.changesSince(seq, epoch), 'changes')
  })

  scenario('knows of every reader where it stood when it was heard of last, whoever looks', async ({ store }) => {
    const { seq, epoch } = await placeOf(store)
    const begun = await store.changesSince(seq, epoch, heard('m', { p: 0, 'an odd name \u0000 é 🙂': 4 }))
    assert.deepEqual(standing(begun), ['an odd name \u0000 é 🙂 4 m', 'p 0 m'])
    await store.changesSince(seq, 'another', heard('n', { p: 7, q: 9_007_199_254_740_991 }))
    for (const known of [await store.changesSince(seq, epoch), await store.changesSince(0, 'another')]) {
      assert.deepEqual(standing(known), ['an odd name \u0000 é 🙂 4 m', 'p 7 n', 'q 9007199254740991 n'])
      assert.equal(known.registry, begun.registry)
    }
    assert.deepEqual(
      begun.readers.map((reader) => reader.epoch),
      ['e', 'e'],
    )
    assert.deepEqual(await placeOf(store), { seq, epoch })
  })

  scenario('forgets a reader that was not heard of since a mark, and no other', async ({ store }) => {
    const { seq, epoch } = await placeOf(store)
    await store.changesSince(seq, epoch, heard('m', { p: 1, q: 1, r: 1 }))
    await store.changesSince(seq, epoch, heard('n', { q: 2 }))
    const forget = ['p', 'q', 'r', 'unknown'].map((process) => ({ process, mark: 'm' }))
    const left = await store.changesSince(seq, epoch, { ...heard('o', { r: 3 }), forget })
    assert.deepEqual(standing(left), ['q 2 n', 'r 3 o'])
    await store.changesSince(seq, epoch, { mark: 's', readers: [], forget: [{ process: 'q', mark: 'n' }] })
    assert.deepEqual(standing(await store.changesSince(seq, epoch)), ['r 3 o'])
  })

  scenario('keeps readers through the end of everybody', async ({ store }) => {
    await store.changesSince(0, '', heard('m', { p: 1 }))
    await store.endAll(entryOf('end_all'))
    assert.deepEqual(standing(await store.changesSince(0, '')), ['p 1 m'])
  })

  scenario('keeps the last 10,000 changes and asks for a reset beyond them', async ({ store }) => {
    const { seq: start, epoch } = await placeOf(store)
    // Ending a subject logs every id in one step: the shortest way to many changes.
    const batch = 1000
    for (let made = 0; made < keptChanges; made += 2 * batch) {
      const person = { issuer: 'i', subject: `${made}` }
      for (let index = 0; index < batch; index += 1) await created(store, `${made} ${index}`, person)
      await store.endSubject(person, 'all', entryOf('end_subject'))
    }
    const full = kind(await store.changesSince(start, epoch), 'changes')
    assert.equal(full.ids.length, keptChanges)
    await created(store, 'one more')
    kind(await store.changesSince(start, epoch), 'reset')
    assert.equal(kind(await store.changesSince(start + 1, epoch), 'changes').ids.includes('one more'), true)
    assert.equal((await auditOf(store)).length, keptChanges + 1 + keptChanges / (2 * batch))
  })
}

function heard(mark: string, seqs: Readonly<Record<string, number>>): Heard {
  return { mark, readers: Object.entries(seqs).map(([process, seq]) => ({ process, epoch: 'e', seq })), forget: [] }
}

/** In an order of their own: a store has none. */
function standing({ readers }: KnownReaders): readonly string[] {
  return readers.map(({ process, seq, mark }) => `${process} ${seq} ${mark}`).sort()
}
