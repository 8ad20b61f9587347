import { strict as assert } from 'node:assert'
import type { CommitOutcome, EndOutcome } from '../stores/store.ts'
import { ada, auditOf, changeOf, created, entryOf, kind, livingOf, newSession, type Scenario, signalOf, stored, together } from './bench.ts'

export function raceScenarios(scenario: Scenario): void {
  scenario('lets exactly one of many racers on one version win, round after round', async ({ store, racers, rounds }) => {
    let record = await created(store, 'a')
    for (let round = 0; round < rounds; round += 1) {
      const base = record
      const outcomes = await together(racers, (racer) =>
        store.commit(changeOf(base, { draw: `racer${racer}`, body: `round ${round}, racer ${racer}` }), entryOf('update')),
      )
      const winners = outcomes.flatMap((outcome) => (outcome.kind === 'committed' ? [outcome.record] : []))
      assert.equal(winners.length, 1)
      const losers = outcomes.filter((outcome) => outcome.kind === 'conflict' && outcome.version === base.version + 1)
      assert.equal(losers.length, racers - 1)
      record = await stored(store, 'a')
      assert.deepEqual(record, winners[0])
    }
    assert.equal((await auditOf(store)).length, rounds + 1)
  })

  scenario('applies every one of many signals that come at once', async ({ store, racers }) => {
    const first = await created(store, 'a')
    const outcomes = await together(racers, (racer) => store.commit(signalOf(first, `s${racer % 4}`, racer, 1000), entryOf('signal')))
    const versions = outcomes.map((outcome) => kind(outcome, 'committed').record.version).sort((one, other) => one - other)
    assert.deepEqual(
      versions,
      Array.from({ length: racers }, (_, index) => index + 2),
    )
  })

  scenario('lets an end win against every write that comes after it', async ({ store, racers }) => {
    const first = await created(store, 'a')
    const outcomes = await together<CommitOutcome | EndOutcome>(racers, (racer) =>
      racer === 20 ? store.end('a', 'revoked', entryOf('end')) : store.commit(signalOf(first, 's', racer, 1000), entryOf('signal')),
    )
    const applied = outcomes.filter((outcome) => outcome.kind === 'committed')
    const record = await stored(store, 'a')
    assert.deepEqual([record.ended, record.version], ['revoked', applied.length + 1])
    const lines = await auditOf(store, 'hash of a')
    assert.equal(lines.at(-1)?.operation, 'end')
    assert.equal(lines.length, applied.length + 2)
  })

  scenario('leaves no session of a subject whose end races its logins', async ({ store, racers }) => {
    const { endings } = await store.health()
    await together<unknown>(racers, (racer) =>
      racer === 20
        ? store.endSubject(ada, 'all', entryOf('end_subject'))
        : store.create(newSession(`login ${racer}`, { endingsAtStart: endings }), entryOf('create')),
    )
    assert.deepEqual(await livingOf(store), [])
  })
}
