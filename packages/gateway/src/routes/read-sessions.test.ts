import { SessionError } from '@single-state/core/protocol'
import { describe, expect, it } from 'vitest'
import { openTestGateway, startMs } from '../fixtures/test-gateway.ts'
import { entryOf } from '../store-contract/bench.ts'
import { memoryStore } from '../stores/memory.ts'
import type { SessionRecord, SessionStore } from '../stores/store.ts'

describe('POST /v1/reads', () => {
  it('answers each read in order: a document, nothing new, and why not', async () => {
    const { signIn, read, call, advance } = await openTestGateway()
    const [ada, bob, old] = [await signIn('ada'), await signIn('bob'), await signIn('eve')]
    advance(200_000)
    const fresh = (await call('POST', '/v1/session/token', { as: 'portal', token: bob, body: {} })).body
    advance(110_000)
    const exchanged = (await call('POST', '/v1/session/token', { as: 'portal', token: ada, body: {} })).body
    const etag = (await read(exchanged.token)).headers.get('etag') ?? ''
    const reads = [
      { token: exchanged.token, etag },
      { token: fresh.token },
      { token: old },
      { token: 'nonsense' },
      { token: fresh.token, etag },
    ]
    const { status, body } = await call('POST', '/v1/reads', { as: 'portal', body: { reads } })
    expect(status).toBe(200)
    expect(body.results.map((result: { status: number }) => result.status)).toEqual([304, 200, 401, 401, 200])
    expect(body.results[0]).toEqual({ status: 304, etag })
    expect(body.results[1].document.identity.subject).toBe('bob')
    expect(body.results[1].etag).toBe((await read(fresh.token)).headers.get('etag'))
    expect(body.results[2].problem).toMatchObject({ code: 'token_expired', status: 401 })
    expect(body.results[3].problem.code).toBe('token_invalid')
  })

  it('looks into the store once, whatever the number of reads, and says where it stood then', async () => {
    const gateway = await openTestGateway()
    const tokens = await Promise.all(['ada', 'bob', 'eve'].map((subject) => gateway.signIn(subject)))
    let looks = 0
    const counting = { ...gateway.store, read: (ids: readonly string[]) => ++looks && gateway.store.read(ids) }
    const other = await openTestGateway({ store: counting as typeof gateway.store })
    const { body } = await other.call('POST', '/v1/reads', { as: 'portal', body: { reads: tokens.map((token) => ({ token })) } })
    expect(looks).toBe(1)
    const { seq, epoch } = await gateway.store.read([])
    expect(body).toMatchObject({ seq, epoch })
    expect(body.results).toHaveLength(3)
  })

  it('tells the store which records it has met, and has what changed all the same', async () => {
    const told: (readonly (SessionRecord | null)[])[] = []
    const store = memoryStore({ clock: () => startMs })
    const telling: SessionStore = {
      ...store,
      read: (ids, met = []) => {
        told.push(met)
        return store.read(ids, met)
      },
    }
    const { signIn, call } = await openTestGateway({ store: telling })
    const token = await signIn()
    const read = async (etag?: string) =>
      (await call('POST', '/v1/reads', { as: 'portal', body: { reads: [{ token, etag }] } })).body.results[0]
    const { etag, document } = await read()
    expect(await read(etag)).toEqual({ status: 304, etag })
    const { records } = await store.read([document.id])
    expect(told.at(-1)).toEqual(records)
    await store.end(document.id, 'revoked', entryOf('end'))
    expect((await read(etag)).problem).toMatchObject({ code: 'session_ended' })
    expect(told.at(-1)).toEqual(records)
  })

  it('confirms what it shows for the first time', async () => {
    const { signIn, call, store } = await openTestGateway()
    const token = await signIn()
    const { body } = await call('POST', '/v1/reads', { as: 'portal', body: { reads: [{ token }] } })
    const { records } = await store.read([body.results[0].document.id])
    expect(records[0]?.confirmedAtMs).toBe(startMs)
  })

  it('shows each application its own projection', async () => {
    const { signIn, call } = await openTestGateway()
    const token = await signIn()
    const { body } = await call('POST', '/v1/reads', { as: 'billing', body: { reads: [{ token }] } })
    expect(Object.keys(body.results[0].document.identity)).toEqual(['subject'])
  })

  it('answers the others where one has a document that is not valid, and its session cannot be ended for now', async () => {
    const memory = memoryStore({ clock: () => startMs })
    let altered = ''
    const store: SessionStore = {
      ...memory,
      read: async (ids, met) => {
        const { records, ...position } = await memory.read(ids, met)
        return { ...position, records: records.map((record) => (record?.id === altered ? { ...record, body: '{}' } : record)) }
      },
      end: () => Promise.reject(new SessionError('outcome_unknown')),
    }
    const { signIn, read, call } = await openTestGateway({ store })
    const [ada, bob] = [await signIn('ada'), await signIn('bob')]
    await read(bob)
    altered = (await read(ada)).body.document.id
    const { status, body } = await call('POST', '/v1/reads', { as: 'portal', body: { reads: [{ token: ada }, { token: bob }] } })
    expect(status).toBe(200)
    expect(body.results).toMatchObject([{ status: 504, problem: { code: 'outcome_unknown' } }, { status: 200 }])
  })

  it('fails as a whole when the store is away: none of the sessions is known to be over', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn()
    await gateway.store.close()
    const { status, headers, body } = await gateway.call('POST', '/v1/reads', { as: 'portal', body: { reads: [{ token }] } })
    expect([status, body.code]).toEqual([503, 'store_unavailable'])
    expect(headers.get('retry-after')).toBe('1')
  })
})
