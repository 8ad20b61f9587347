import { describe, expect, it } from 'vitest'
import { openTestGateway, startMs } from '../fixtures/test-gateway.ts'
import { memoryStore } from '../stores/memory.ts'
import type { SessionStore } from '../stores/store.ts'

const clock = () => startMs

/** A gateway that counts its looks into the store, and another beside it on the same store. */
async function twoGateways() {
  const shared = memoryStore({ clock })
  const reads: string[] = []
  const counted: SessionStore = {
    ...shared,
    read: (ids) => {
      reads.push(...ids)
      return shared.read(ids)
    },
  }
  return { one: await openTestGateway({ store: counted }), other: await openTestGateway({ store: shared }), shared, reads }
}

describe('PATCH /v1/session of what the gateway met last', () => {
  it('looks into the store for none of several writes in a row, and after one of another gateway', async () => {
    const { one, other, reads } = await twoGateways()
    const token = await one.signIn()
    const first = await one.read(token)
    reads.splice(0)
    const second = await one.update(token, first.headers.get('etag'), { 'context.tenant': 'a' })
    const third = await one.update(token, second.headers.get('etag'), { 'context.tenant': 'b' })
    expect([third.status, third.body.document.version, reads.length]).toEqual([200, 3, 0])
    const fourth = await other.update(token, third.headers.get('etag'), { 'context.theme': 'dark' })
    const fifth = await one.update(token, fourth.headers.get('etag'), { 'context.tenant': 'c' })
    expect(fifth.body.document).toMatchObject({ version: 5, context: { tenant: 'c', theme: 'dark' } })
    expect(reads).toHaveLength(1)
  })

  it('tells who lost against another gateway the version of today, once in the metrics', async () => {
    const { one, other } = await twoGateways()
    const token = await one.signIn()
    const etag = (await one.read(token)).headers.get('etag')
    await other.update(token, etag)
    expect(await one.update(token, etag)).toMatchObject({ status: 412, body: { code: 'version_conflict', version: 2 } })
    const now = await one.read(token)
    await one.update(token, now.headers.get('etag'))
    expect(await one.update(token, now.headers.get('etag'))).toMatchObject({ status: 412, body: { version: 3 } })
    expect((await one.call('GET', '/metrics', { as: 'admin' })).body).toContain('single_state_conflicts_total 2')
  })

  it('is refused once the session was ended elsewhere, whatever else is wrong with it', async () => {
    const { one, other } = await twoGateways()
    const token = await one.signIn()
    const etag = (await one.read(token)).headers.get('etag')
    await other.call('DELETE', '/v1/session', { as: 'portal', token, body: { reason: 'sign_out' } })
    for (const set of [{ 'context.tenant': 'a' }, { 'context.tenant': 7 }, { 'entitlements.plan': 'pro' }, { toString: 'a' }]) {
      expect(await one.update(token, etag, set)).toMatchObject({ status: 401, body: { code: 'session_ended', reason: 'revoked' } })
    }
  })

  it('is applied once when it is repeated, also at another gateway', async () => {
    const { one, other } = await twoGateways()
    const token = await one.signIn()
    const etag = (await one.read(token)).headers.get('etag')
    await other.read(token)
    const same = [etag, { 'context.tenant': 'a' }, { 'Idempotency-Key': 'k' }] as const
    for (const gateway of [one, other, one]) {
      expect(await gateway.update(token, ...same)).toMatchObject({ status: 200, body: { document: { version: 2 } } })
    }
    expect((await one.audit()).map(({ operation }) => operation)).toEqual(['create', 'update'])
  })

  it('finds out a text that was altered in the store behind its back, and does not write over it', async () => {
    const shared = memoryStore({ clock })
    let isAltered = false
    const store: SessionStore = {
      ...shared,
      read: async (ids) => {
        const answer = await shared.read(ids)
        return { ...answer, records: answer.records.map((record) => record && (isAltered ? { ...record, body: '{}' } : record)) }
      },
      // The store below still has the text that was there before: it is the other one's turn not to be the same.
      commit: (change, entry) => shared.commit(isAltered ? { ...change, basedOn: '{}' } : change, entry),
    }
    const { signIn, read, update, audit } = await openTestGateway({ store })
    const token = await signIn()
    const etag = (await read(token)).headers.get('etag')
    isAltered = true
    expect(await update(token, etag)).toMatchObject({ status: 401, body: { code: 'session_invalid' } })
    expect((await audit()).map(({ reason }) => reason)).toEqual(['login', 'document_invalid'])
  })
})
