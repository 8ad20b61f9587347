import { strict as assert } from 'node:assert'
import type { SessionRecord, SessionStore } from '../stores/store.ts'
import { type Bench, changeOf, committed, created, entryOf, idleMs, type Scenario, signalOf, stored } from './bench.ts'

/** What may become of a session between two reads. */
const events: Readonly<Record<string, (bench: Bench, record: SessionRecord) => Promise<unknown> | undefined>> = {
  'nothing at all': () => undefined,
  'a change': ({ store }) => committed(store, 'a'),
  'a change that leaves the body': ({ store }, record) => store.commit(signalOf(record, 's', 1, 1_000), entryOf('signal')),
  'a change that can be repeated': ({ store }) => committed(store, 'a', { write: { key: 'k', requestHash: 'h' } }),
  'a change by a newer contract': ({ store }, { body }) => committed(store, 'a', { body, contract: 4 }),
  'a token that is shown': ({ store }) => store.confirm('a', 1),
  'an exchange': ({ store }) => store.exchange('a', 1, idleMs, entryOf('exchange')),
  'an exchange for another life': ({ store }) => store.exchange('a', 1, 2 * idleMs, entryOf('exchange')),
  'a token that is used again': ({ store }) => store.exchange('a', 9, idleMs, entryOf('exchange')),
  'an end': ({ store }) => store.end('a', 'revoked', entryOf('end')),
  'the end of its person': ({ store }, person) => store.endSubject(person, 'all', entryOf('end_subject')),
  'the end of everybody': ({ store }) => store.endAll(entryOf('end_all')),
  'its removal': async ({ store, clock }) => {
    await store.end('a', 'revoked', entryOf('end'))
    await store.sweep({ endedBeforeMs: clock.now() + 1, auditBeforeMs: 0, limit: 10 })
  },
}

export function readScenarios(scenario: Scenario): void {
  for (const [event, happen] of Object.entries(events)) {
    scenario(`answers with a record that was met as without one, after ${event}`, async (bench) => {
      const { store, clock } = bench
      await created(store, 'a')
      const met = await stored(store, 'a')
      clock.advance(1_000)
      await happen(bench, met)
      await answersAsWithout(store, ['a'], [met])
      // What was met first may be the very same again by then, and what is met now may not.
      const { records } = await store.read(['a'])
      await answersAsWithout(store, ['a'], records)
      await answersAsWithout(store, ['a'], [met])
    })
  }

  scenario('answers what is stored, whatever a record that was met says', async ({ store }) => {
    await created(store, 'a')
    const met = await stored(store, 'a')
    const said: Partial<SessionRecord>[] = [
      { body: 'another body' },
      { version: 2 },
      { draw: 'another0' },
      { ended: 'revoked', endedAtMs: 0 },
      { generation: 2 },
      { signals: { s: { value: 1, expiresAtMs: 1 } } },
      { id: 'b' },
    ]
    for (const one of said) await answersAsWithout(store, ['a'], [{ ...met, ...one }])
  })

  scenario('answers each id for itself, whichever records were met', async ({ store }) => {
    for (const id of ['a', 'b', 'c']) await created(store, id, { body: 'the same' })
    const { records } = await store.read(['a', 'b', 'c'])
    const [a = null, b = null, c = null] = records
    await store.commit(changeOf(c as SessionRecord), entryOf('update'))
    await answersAsWithout(store, ['a', 'x', 'b', 'a', 'c'], [a, null, b, a, c])
    await answersAsWithout(store, ['a', 'x', 'b', 'c'], [b, a, null, b])
    await answersAsWithout(store, ['c', 'b', 'a'], [c])
  })
}

async function answersAsWithout(store: SessionStore, ids: readonly string[], met: readonly (SessionRecord | null)[]): Promise<void> {
  assert.deepEqual(await store.read(ids, met), await store.read(ids))
}
