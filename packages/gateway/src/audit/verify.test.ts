import { describe, expect, it } from 'vitest'
import { openTestGateway } from '../fixtures/test-gateway.ts'
import type { SessionStore } from '../stores/store.ts'
import type { AuditRecord } from './record.ts'
import { verifyAudit } from './verify.ts'

describe('verifyAudit', () => {
  it.each<[string, (records: AuditRecord[]) => AuditRecord[], string]>([
    ['a record that was taken out', (records) => records.toSpliced(1, 1), 'expected sequence 2'],
    [
      'a version that is told twice',
      (records) => records.with(2, { ...at(records, 2), fromVersion: 1, toVersion: 2 }),
      'expected a change of version 2, found one of 1',
    ],
    ['a version that was skipped', (records) => records.with(1, { ...at(records, 1), toVersion: 3 }), 'expected version 2, found 3'],
    ['an end that changes the version', (records) => records.with(3, { ...at(records, 3), toVersion: 4 }), 'expected version 3, found 4'],
  ])('finds %s', async (_, tamper, what) => {
    const { store } = await historyOf()
    const { ok, faults } = await verifyAudit(withRecords(store, tamper))
    expect(ok).toBe(false)
    expect(faults.map((fault) => fault.what)).toContain(what)
  })

  it('finds a document that is behind its audit, as after a restore', async () => {
    const { store, idHash } = await historyOf()
    const { ok, faults } = await verifyAudit(withDocuments(store, 1))
    expect([ok, faults]).toEqual([false, [{ seq: null, session: idHash, what: 'the document is at version 1, its last record at 2' }]])
  })

  it('finds a change that nobody recorded', async () => {
    const { store } = await historyOf()
    expect((await verifyAudit(withDocuments(store, 9))).faults[0]?.what).toBe('the document is at version 9, its last record at 2')
  })

  it('takes an audit whose beginning was swept', async () => {
    const { store, now } = await historyOf()
    await store.sweep({ endedBeforeMs: 0, auditBeforeMs: now() + 1, limit: 2 })
    expect(await verifyAudit(store)).toMatchObject({ ok: true, records: 4, sessions: 1, faults: [] })
  })

  it('takes a change that is committed while it looks', async () => {
    const { store, update, read, living } = await historyOf()
    const busy: SessionStore = {
      ...store,
      listBySubject: async (person) => {
        await update(living, (await read(living)).headers.get('etag'))
        return store.listBySubject(person)
      },
    }
    expect((await verifyAudit(busy)).faults).toEqual([])
  })
})

/** One session that is at version 3 and ended, and one of the same person that is at version 2. */
async function historyOf() {
  const gateway = await openTestGateway()
  const over = await gateway.signIn()
  await gateway.update(over, (await gateway.read(over)).headers.get('etag'))
  await gateway.update(over, (await gateway.read(over)).headers.get('etag'), { 'context.tenant': 'b' })
  await gateway.call('DELETE', '/v1/session', { as: 'portal', token: over, body: { reason: 'sign_out' } })
  const living = await gateway.signIn()
  const { body } = await gateway.update(living, (await gateway.read(living)).headers.get('etag'))
  const { records } = await gateway.store.read([body.document.id])
  return { ...gateway, living, idHash: records[0]?.idHash }
}

function withRecords(store: SessionStore, tamper: (records: AuditRecord[]) => AuditRecord[]): SessionStore {
  return {
    ...store,
    auditQuery: async ({ afterSeq, limit }) => {
      const records = tamper([...(await store.auditQuery({ afterSeq: 0, idHash: null, limit: 1_000 }))])
      return records.filter(({ seq }) => seq > afterSeq).slice(0, limit)
    },
  }
}

function withDocuments(store: SessionStore, version: number): SessionStore {
  return {
    ...store,
    listBySubject: async (person) => {
      const answer = await store.listBySubject(person)
      return { ...answer, records: answer.records.map((record) => ({ ...record, version })) }
    },
  }
}

function at(records: readonly AuditRecord[], index: number): AuditRecord {
  return records[index] as AuditRecord
}
