import { strict as assert } from 'node:assert'
import { ada, auditOf, changeOf, committed, created, entryOf, idleMs, newSession, type Scenario, signalOf, stored } from './bench.ts'

export function auditScenarios(scenario: Scenario): void {
  scenario('numbers its records from 1 without a gap, whatever happens', async ({ store }) => {
    const first = await created(store, 'a')
    await committed(store, 'a')
    await store.commit(changeOf(first), entryOf('update'))
    await store.commit(signalOf(first, 's', 1, 10), entryOf('signal'))
    await store.appendAudit(entryOf('update', { outcome: 'denied' }))
    await store.create(newSession('b', { replaces: 'a' }), entryOf('create'))
    await store.exchange('b', 7, idleMs, entryOf('exchange'))
    await store.endSubject(ada, 'all', entryOf('end_subject'))
    const sequence = (await auditOf(store)).map(({ seq }) => seq)
    assert.deepEqual(sequence, [1, 2, 3, 4, 5, 6, 7, 8])
  })

  scenario('chains the versions of a session: each record begins where the last ended', async ({ store }) => {
    const first = await created(store, 'a')
    for (let index = 0; index < 5; index += 1) {
      await committed(store, 'a')
      await store.commit(signalOf(first, 's', index, 10), entryOf('signal'))
      await committed(store, 'a').then(() => store.commit(changeOf(first), entryOf('update')))
    }
    await store.end('a', 'revoked', entryOf('end'))
    const lines = await auditOf(store, 'hash of a')
    const { version } = await stored(store, 'a')
    assert.deepEqual(
      lines.map(({ fromVersion, toVersion }) => [fromVersion, toVersion]),
      [...Array.from({ length: version }, (_, index) => [index, index + 1]), [version, version]],
    )
  })

  scenario('keeps what was said of a refusal, with no versions', async ({ store, clock }) => {
    const entry = entryOf('update', {
      outcome: 'denied',
      paths: ['context.tenant'],
      session: 'hash of a',
      subject: 'issuer ada',
      traceId: 'trace',
      actor: null,
    })
    await store.appendAudit(entry)
    const at = new Date(clock.now()).toISOString()
    assert.deepEqual(await auditOf(store), [{ seq: 1, at, ...entry, fromVersion: null, toVersion: null }])
  })

  scenario('takes session and subject of a change from its record, not from the caller', async ({ store }) => {
    const first = await created(store, 'a')
    await store.commit(changeOf(first), entryOf('update', { session: 'forged', subject: 'forged' }))
    const line = (await auditOf(store)).at(-1)
    assert.deepEqual([line?.session, line?.subject], ['hash of a', `${ada.issuer} ada`])
  })

  scenario('answers a query in order, after a sequence, of one session, up to a limit', async ({ store }) => {
    for (const id of ['a', 'b']) await created(store, id)
    for (const id of ['a', 'b', 'a']) await committed(store, id)
    const query = async (afterSeq: number, idHash: string | null, limit: number) =>
      (await store.auditQuery({ afterSeq, idHash, limit })).map(({ seq }) => seq)
    assert.deepEqual(await query(0, null, 100), [1, 2, 3, 4, 5])
    assert.deepEqual(await query(2, null, 2), [3, 4])
    assert.deepEqual(await query(0, 'hash of a', 100), [1, 3, 5])
    assert.deepEqual(await query(1, 'hash of a', 1), [3])
    assert.deepEqual(await query(5, null, 100), [])
    assert.deepEqual(await query(0, 'hash of x', 100), [])
  })

  scenario('keeps hostile text as text', async ({ store }) => {
    const reason = 'line\r\nbreak \u001b[31m "quote" \u2028 日本'
    await store.appendAudit(entryOf('update', { reason, paths: ['__proto__'] }))
    const [line] = await auditOf(store)
    assert.deepEqual([line?.reason, line?.paths], [reason, ['__proto__']])
  })
}
