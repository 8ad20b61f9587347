import { describe, expect, it } from 'vitest'
import { openTestGateway, startMs } from '../fixtures/test-gateway.ts'

describe('GET /v1/session', () => {
  it('answers with the header and what the application is granted to read, and nothing else', async () => {
    const { signIn, read } = await openTestGateway()
    const token = await signIn('ada', { plan: 'pro', roles: ['admin'] })
    const portal = await read(token, 'portal')
    expect(portal.status).toBe(200)
    expect(portal.body.document).toEqual({
      id: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      version: 1,
      contract: 3,
      createdAt: new Date(startMs).toISOString(),
      expiresAt: new Date(startMs + 43_200_000).toISOString(),
      identity: {
        subject: 'ada',
        issuer: 'urn:single-state:development-people',
        authenticatedAt: new Date(startMs).toISOString(),
        acr: 'urn:acr:1',
        amr: ['pwd'],
      },
      entitlements: { plan: 'pro', roles: ['admin'] },
      context: { tenant: null, locale: 'en' },
      signals: {},
    })
    const billing = await read(token, 'billing')
    const { id, version, contract, createdAt, expiresAt, ...parts } = billing.body.document
    expect(parts).toEqual({ identity: { subject: 'ada' }, entitlements: { plan: 'pro' }, context: { tenant: null } })
    expect(id).toBe(portal.body.document.id)
  })

  it('gives each application a tag of its own, of one version and draw', async () => {
    const { signIn, read } = await openTestGateway()
    const token = await signIn()
    const [portal, billing] = [await read(token, 'portal'), await read(token, 'billing')]
    const [one, other] = [portal.headers.get('etag') ?? '', billing.headers.get('etag') ?? '']
    expect(one).toMatch(/^"1-[A-Za-z0-9_-]{8}\.[A-Za-z0-9_-]{8}"$/)
    expect(one.split('.')[0]).toBe(other.split('.')[0])
    expect(one).not.toBe(other)
  })

  it('says where the store stood, and repeats the contract revision of the caller', async () => {
    const { signIn, read } = await openTestGateway()
    const token = await signIn()
    const { headers } = await read(token, 'portal', { 'Contract-Revision': '2' })
    expect(headers.get('store-seq')).toBe('1')
    expect(headers.get('store-epoch')).toMatch(/./)
    expect(headers.get('contract-revision')).toBe('2')
  })

  it.each([
    ['the current tag', (etag: string) => etag],
    ['the current tag, weak', (etag: string) => `W/${etag}`],
    ['a list with the current tag', (etag: string) => `"other", ${etag}`],
    ['any tag at all', () => '*'],
  ])('answers 304 with its tag and the place in the store to %s', async (_, known) => {
    const { signIn, read } = await openTestGateway()
    const token = await signIn()
    const etag = (await read(token)).headers.get('etag') ?? ''
    const answer = await read(token, 'portal', { 'If-None-Match': known(etag) })
    expect(answer.status).toBe(304)
    expect(answer.body).toBe('')
    expect(answer.headers.get('etag')).toBe(etag)
    expect(answer.headers.get('store-seq')).toBe('1')
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('answers 200 to the tag of another application', async () => {
    const { signIn, read } = await openTestGateway()
    const token = await signIn()
    const etag = (await read(token, 'billing')).headers.get('etag') ?? ''
    expect((await read(token, 'portal', { 'If-None-Match': etag })).status).toBe(200)
  })

  it('refuses a token that has expired, and leaves the session alone', async () => {
    const { signIn, read, advance, audit } = await openTestGateway()
    const token = await signIn()
    advance(300_000 + 6_000)
    const answer = await read(token)
    expect([answer.status, answer.body.code]).toEqual([401, 'token_expired'])
    expect(await audit()).toHaveLength(1)
  })

  it('says why a session is over', async () => {
    const { signIn, read, call, advance } = await openTestGateway()
    const [revoked, unused] = [await signIn('ada'), await signIn('bob')]
    await call('DELETE', '/v1/session', { as: 'portal', token: revoked, body: { reason: 'sign_out' } })
    expect((await read(revoked)).body).toMatchObject({ code: 'session_ended', reason: 'revoked', status: 401 })
    advance(1_800_000)
    const exchanged = await call('POST', '/v1/session/token', { as: 'portal', token: unused, body: {} })
    expect(exchanged.body).toMatchObject({ code: 'session_ended', reason: 'expired', status: 401 })
  })

  it('confirms the newest generation with the first read that shows it, without a version and without a change', async () => {
    const { signIn, read, store } = await openTestGateway()
    const token = await signIn()
    const { id } = (await read(token)).body.document
    const { records, seq } = await store.read([id])
    expect(records[0]).toMatchObject({ version: 1, confirmedAtMs: startMs })
    expect(seq).toBe(1)
  })

  it('answers 503 for a token of a generation that the store does not know: it is behind, and nobody has signed out', async () => {
    const { signIn, read, exchange, store, ...rest } = await openTestGateway()
    const token = await signIn()
    const { body } = await exchange(token)
    // The store as it was before the exchange, as at a primary that was replaced.
    const restored = { ...store, read: async (ids: readonly string[]) => rewound(await store.read(ids)) }
    const older = await openTestGateway({ store: restored })
    expect((await older.read(body.token)).body).toMatchObject({ code: 'store_unavailable', status: 503 })
    expect((await rest.call('GET', '/v1/session', { as: 'portal', token: body.token })).status).toBe(200)
  })
})

function rewound<Answer extends { readonly records: readonly (object | null)[] }>(answer: Answer): Answer {
  return { ...answer, records: answer.records.map((record) => (record === null ? null : { ...record, generation: 1 })) }
}
