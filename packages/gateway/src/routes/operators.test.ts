import { describe, expect, it } from 'vitest'
import { issuer, openTestGateway } from '../fixtures/test-gateway.ts'

const body = { reason: 'support.request' }
const subjectPath = (subject: string) => `/v1/subjects/${encodeURIComponent(issuer)}/${encodeURIComponent(subject)}/sessions`

describe('an operator', () => {
  it('looks at any session, through its own grants', async () => {
    const { signIn, read, call, now } = await openTestGateway()
    const { id } = (await read(await signIn('ada', { roles: ['x'] }))).body.document
    const { body: session, headers } = await call('GET', `/v1/sessions/${id}`, { as: 'admin' })
    expect(headers.get('store-seq')).toBe('1')
    expect(session).toMatchObject({
      id,
      issuer,
      subject: 'ada',
      document: { entitlements: { roles: ['x'] }, identity: { subject: 'ada' } },
    })
    expect(session.document).not.toHaveProperty('context')
    expect(session.state).toEqual({
      version: 1,
      contract: 3,
      ended: null,
      endedAt: null,
      createdAt: new Date(now()).toISOString(),
      expiresAt: new Date(now() + 43_200_000).toISOString(),
      idleAt: new Date(now() + 1_800_000).toISOString(),
      lastExchangeAt: new Date(now()).toISOString(),
      generation: 1,
      confirmed: true,
    })
  })

  it('ends any session, once; what was ended says so', async () => {
    const { signIn, read, call } = await openTestGateway()
    const token = await signIn('ada')
    const { id } = (await read(token)).body.document
    expect((await call('DELETE', `/v1/sessions/${id}`, { as: 'admin', body })).body.ended).toBe(1)
    expect((await call('DELETE', `/v1/sessions/${id}`, { as: 'admin', body })).body.ended).toBe(0)
    expect((await read(token)).body).toMatchObject({ code: 'session_ended', reason: 'revoked' })
    const { state } = (await call('GET', `/v1/sessions/${id}`, { as: 'admin' })).body
    expect([state.ended, state.endedAt]).toEqual(['revoked', '2026-11-21T10:00:00.250Z'])
  })

  it('lists and ends all sessions of a person, whatever the characters of the name', async () => {
    const { signIn, call, read } = await openTestGateway()
    const name = 'ada/lovelace %2F?#é'
    const [one, two, bob] = [await signIn(name), await signIn(name), await signIn('bob')]
    const { body: list } = await call('GET', subjectPath(name), { as: 'admin', token: two })
    expect(list.sessions.map(({ current }: { current: boolean }) => current)).toEqual([false, true])
    expect((await call('DELETE', subjectPath(name), { as: 'admin', body })).body.ended).toBe(2)
    expect([(await read(one)).status, (await read(two)).status, (await read(bob)).status]).toEqual([401, 401, 200])
    expect((await call('GET', subjectPath(name), { as: 'admin' })).body).toEqual({ sessions: [] })
  })

  it.each(['%E9', '100%', '%C3%28'])('ends nobody by a name that cannot be decoded: %s', async (name) => {
    const { call, store } = await openTestGateway()
    const answer = await call('DELETE', `/v1/subjects/${encodeURIComponent(issuer)}/${name}/sessions`, { as: 'admin', body })
    expect([answer.status, answer.body.code]).toEqual([400, 'request_invalid'])
    expect((await store.health()).endings).toBe(0)
  })

  it('is named in the audit with the person who acts, where a token was shown', async () => {
    const { signIn, read, call, audit } = await openTestGateway()
    const [boss, first, second] = [await signIn('bob'), await signIn('ada'), await signIn('ada')]
    const ids = await Promise.all([first, second].map(async (token) => (await read(token)).body.document.id))
    await call('DELETE', `/v1/sessions/${ids[0]}`, { as: 'admin', token: boss, body })
    await call('DELETE', `/v1/sessions/${ids[1]}`, { as: 'admin', body })
    const [withPerson, without] = (await audit()).slice(-2)
    expect(withPerson).toMatchObject({ application: 'admin', actor: `${issuer} bob`, subject: `${issuer} ada`, reason: 'support.request' })
    expect(without).toMatchObject({ application: 'admin', actor: null, subject: `${issuer} ada` })
  })

  it('cannot act for a person whose session is over', async () => {
    const { signIn, read, call } = await openTestGateway()
    const [boss, ada] = [await signIn('bob'), await signIn('ada')]
    const { id } = (await read(ada)).body.document
    await call('DELETE', '/v1/session', { as: 'admin', token: boss, body })
    expect((await call('DELETE', `/v1/sessions/${id}`, { as: 'admin', token: boss, body })).body.code).toBe('session_ended')
    expect((await read(ada)).status).toBe(200)
  })
})

describe('the audit', () => {
  it('is read in pages, of all sessions or of one', async () => {
    const { signIn, read, update, call } = await openTestGateway()
    const [ada, bob] = [await signIn('ada'), await signIn('bob')]
    const { body: seen, headers } = await read(ada)
    await update(ada, headers.get('etag'))
    const page = async (path: string) => (await call('GET', path, { as: 'admin' })).body
    const first = await page('/v1/audit?limit=2')
    expect(first.records.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2])
    expect(first.next).toBe(2)
    const rest = await page(`/v1/audit?limit=2&after=${first.next}`)
    expect(rest).toMatchObject({ records: [{ seq: 3, operation: 'update' }], next: null })
    const ofAda = await page(`/v1/sessions/${seen.document.id}/audit`)
    expect(ofAda.records.map(({ operation }: { operation: string }) => operation)).toEqual(['create', 'update'])
    expect(await page(`/v1/audit?session=${seen.document.id}`)).toEqual(ofAda)
    const { id } = (await read(bob)).body.document
    expect((await page(`/v1/sessions/${id}/audit`)).records).toHaveLength(1)
  })

  it('never holds the id of a session', async () => {
    const { signIn, read, update, call } = await openTestGateway()
    const token = await signIn()
    const { body: seen, headers } = await read(token)
    await update(token, headers.get('etag'))
    expect(JSON.stringify((await call('GET', '/v1/audit', { as: 'admin' })).body)).not.toContain(seen.document.id)
  })

  it('verifies after writes, refusals, ends and exchanges', async () => {
    const { signIn, read, update, call, exchange } = await openTestGateway()
    const [ada, bob] = [await signIn('ada'), await signIn('bob')]
    await update(ada, (await read(ada)).headers.get('etag'))
    await update(ada, (await read(ada)).headers.get('etag'), { 'context.locale': 'de' })
    await exchange(ada)
    await call('DELETE', '/v1/session', { as: 'portal', token: bob, body })
    await signIn('ada')
    await call('DELETE', subjectPath('ada'), { as: 'admin', body })
    await signIn('ada')
    const { body: verdict } = await call('GET', '/v1/audit/verify', { as: 'admin' })
    expect(verdict).toEqual({ ok: true, records: 10, sessions: 1, faults: [], next: null })
  })
})
