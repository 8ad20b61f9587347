import { describe, expect, it } from 'vitest'
import { openTestGateway } from '../fixtures/test-gateway.ts'
import { entryOf } from '../store-contract/bench.ts'
import { memoryStore } from '../stores/memory.ts'
import type { SessionRecord, SessionStore } from '../stores/store.ts'
import type { AuditRecord } from './record.ts'
import { type AuditFindings, verifySlice } from './verify.ts'

const keepMs = 90 * 86_400_000

describe('the verification of an audit', () => {
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

  it('finds a document that no record names', async () => {
    const { store } = await historyOf()
    const beside = withListed(store, (records) => [...records, { ...(records[0] as SessionRecord), idHash: 'forged', version: 7 }])
    expect((await verifyAudit(beside)).faults).toEqual([
      { seq: null, session: 'forged', what: 'a document of version 7 that no record names' },
    ])
  })

  it('finds a session that nobody has created', async () => {
    const { store } = await historyOf()
    const { faults } = await verifyAudit(withRecords(store, (records) => records.with(0, { ...at(records, 0), session: 'another' })))
    expect(faults.map(({ seq, what }) => [seq, what])).toEqual([[2, 'expected a change of version 0, found one of 1']])
  })

  it('takes an audit whose beginning was swept', async () => {
    const { store, now, advance } = await historyOf()
    advance(keepMs)
    await store.sweep({ endedBeforeMs: 0, auditBeforeMs: now(), limit: 2 })
    advance(60_000)
    expect(await verifyAudit(store)).toMatchObject({ ok: true, records: 4, faults: [] })
  })

  it('finds that the beginning was taken away, by records that are too young to be the oldest', async () => {
    const { store } = await historyOf()
    const { ok, faults } = await verifyAudit(withRecords(store, (records) => records.slice(2)))
    expect([ok, faults]).toEqual([
      false,
      [expect.objectContaining({ seq: 3, what: 'the audit begins here, and this is younger than records are kept (90d)' })],
    ])
  })

  it('finds that all records were taken away, and takes a store in which nothing has happened', async () => {
    const { store } = await historyOf()
    expect((await verifyAudit(withRecords(store, () => []))).faults).toEqual([
      { seq: null, session: null, what: 'the store has changes, and the audit has no record' },
    ])
    expect(await verifyAudit(memoryStore())).toMatchObject({ ok: true, records: 0 })
  })

  it('finds no fault where a sweep runs meanwhile', async () => {
    const { store, now, advance } = await openTestGateway()
    await refusals(store, 1_200)
    advance(keepMs + 60_000)
    await refusals(store, 1)
    let isSwept = false
    const swept: SessionStore = {
      ...store,
      auditQuery: async (query) => {
        const records = await store.auditQuery(query)
        if (!isSwept && query.limit > 1) await store.sweep({ endedBeforeMs: 0, auditBeforeMs: now() - keepMs, limit: 700 })
        isSwept = true
        return records
      },
    }
    expect(await verifyAudit(swept)).toMatchObject({ ok: true, faults: [] })
  })

  it('looks at 500 records at a time, and at every one of them once', async () => {
    const { store } = await openTestGateway()
    await refusals(store, 1_234)
    expect(await slicesOf(store)).toMatchObject([
      { records: 500, next: 500 },
      { records: 500, next: 1_000 },
      { records: 234, next: null },
    ])
  })

  it.each([
    ['inside a slice', 3],
    ['at the end of a slice', 500],
    ['at the beginning of a slice', 501],
  ])('finds a record that was taken out %s', async (_, seq) => {
    const { store } = await openTestGateway()
    await refusals(store, 600)
    const { faults } = await verifyAudit(withRecords(store, (records) => records.filter((record) => record.seq !== seq)))
    expect(faults.map(({ what }) => what)).toEqual([`expected sequence ${seq}`])
  })

  it('follows a session over slices, whatever was refused in between', async () => {
    const { store, signIn, read, update } = await openTestGateway()
    const token = await signIn()
    const { body, headers } = await read(token)
    const { records } = await store.read([body.document.id])
    await refusals(store, 520, records[0]?.idHash)
    await update(token, headers.get('etag'))
    expect(await verifyAudit(store)).toEqual({ ok: true, records: 522, sessions: 1, faults: [], next: null })
    const skipping = withRecords(store, (all) => all.with(-1, { ...at(all, all.length - 1), fromVersion: 2, toVersion: 3 }))
    expect((await verifyAudit(skipping)).faults.map(({ seq, what }) => [seq, what])).toContainEqual([
      522,
      'expected a change of version 1, found one of 2',
    ])
  })

  it('finds that the end was taken away since the slice before', async () => {
    const { store } = await openTestGateway()
    await refusals(store, 3)
    expect(await verifySlice(store, 3, keepMs)).toMatchObject({ ok: true, records: 0, next: null })
    expect((await verifySlice(store, 4, keepMs)).faults[0]?.what).toBe('expected sequence 4, found the end of the audit')
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

/** All slices of an audit. */
async function slicesOf(store: SessionStore): Promise<readonly AuditFindings[]> {
  const slices: AuditFindings[] = []
  for (let after: number | null = 0; after !== null; ) {
    const slice: AuditFindings = await verifySlice(store, after, keepMs)
    slices.push(slice)
    after = slice.next
  }
  return slices
}

async function verifyAudit(store: SessionStore): Promise<AuditFindings> {
  const slices = await slicesOf(store)
  const sum = (count: (slice: AuditFindings) => number) => slices.reduce((total, slice) => total + count(slice), 0)
  return {
    ok: slices.every(({ ok }) => ok),
    records: sum(({ records }) => records),
    sessions: sum(({ sessions }) => sessions),
    faults: slices.flatMap(({ faults }) => faults),
    next: null,
  }
}

async function refusals(store: SessionStore, count: number, session: string | null = null): Promise<void> {
  for (let index = 0; index < count; index += 1) await store.appendAudit(entryOf('update', { outcome: 'denied', session }))
}

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
    auditQuery: async ({ afterSeq, idHash, limit }) => {
      const records = tamper([...(await store.auditQuery({ afterSeq: 0, idHash: null, limit: 1_000 }))])
      return records.filter(({ seq, session }) => seq > afterSeq && (idHash === null || session === idHash)).slice(0, limit)
    },
  }
}

function withDocuments(store: SessionStore, version: number): SessionStore {
  return withListed(store, (records) => records.map((record) => ({ ...record, version })))
}

function withListed(store: SessionStore, tamper: (records: readonly SessionRecord[]) => readonly SessionRecord[]): SessionStore {
  return {
    ...store,
    listBySubject: async (person) => {
      const answer = await store.listBySubject(person)
      return { ...answer, records: tamper(answer.records) }
    },
  }
}

function at(records: readonly AuditRecord[], index: number): AuditRecord {
  return records[index] as AuditRecord
}
