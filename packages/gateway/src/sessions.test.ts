import { defineContract } from '@single-state/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { authenticationOf, configOf, issuer, keyOf, openTestGateway } from './fixtures/test-gateway.ts'
import { createGateway } from './gateway.ts'
import { developmentPeople } from './oidc/development-people.ts'

describe('a session that begins', () => {
  it('hands out a cookie of the browser session, and a token that reads what was derived', async () => {
    const { gateway, read } = await openTestGateway()
    const start = await gateway.startSession(authenticationOf('ada', { plan: 'pro', roles: ['a'] }))
    if (start.kind !== 'started') throw new Error('refused')
    expect(start.setCookie).toBe(`__Host-session=${start.token}; Path=/; HttpOnly; Secure; SameSite=Lax`)
    expect((await read(start.token)).body.document).toMatchObject({ version: 1, entitlements: { plan: 'pro', roles: ['a'] } })
  })

  it('keeps nothing of the claims that the contract does not name', async () => {
    const { gateway, store } = await openTestGateway({
      derive: (claims) => ({ entitlements: { roles: ['a'], email: claims['email'] } as never, context: { nickname: 'x' } as never }),
    })
    await gateway.startSession(authenticationOf('ada', { email: 'ada@example.com' }))
    const { records } = await store.listBySubject({ issuer, subject: 'ada' })
    expect(records[0]?.body).not.toMatch(/email|nickname/)
  })

  it.each([
    ['derive throws', () => Promise.reject(new Error('the claim of ada@example.com'))],
    ['derive makes what does not fit the contract', () => ({ entitlements: { plan: 'gold' } as never })],
    ['derive makes more than the contract allows', () => ({ entitlements: { roles: Array(200).fill('role') } })],
  ] as const)('does not begin when %s, and logs why without what it was given', async (_, derive) => {
    const { gateway, audit, logged, logText } = await openTestGateway({ derive: derive as never })
    expect(await gateway.startSession(authenticationOf('ada'))).toEqual({ kind: 'refused', why: 'derive_failed' })
    expect(await audit()).toEqual([])
    expect(logged().at(-1)).toMatchObject({ msg: 'derive did not make a document of the contract', why: expect.any(String) })
    expect(logText()).not.toMatch(/ada@example|gold/)
  })

  it('does not begin, and does not wait for ever, when derive does not come back', async () => {
    const due = new Set<() => void>()
    const after = (_ms: number, call: () => void) => {
      due.add(call)
      return () => void due.delete(call)
    }
    const timers = { after, every: () => () => undefined }
    const { gateway, logged } = await openTestGateway({ derive: () => new Promise(() => undefined) }, { timers })
    const start = gateway.startSession(authenticationOf('ada'), { endingsAtStart: 0 })
    for (const call of due) call()
    expect(await start).toEqual({ kind: 'refused', why: 'derive_failed' })
    expect(logged().at(-1)).toMatchObject({ why: 'derive took longer than 5000 ms' })
  })

  it('carries over what the contract names from the session of the token that came along, ends that one, and audits it', async () => {
    const { signIn, read, call, audit } = await openTestGateway()
    const first = await signIn()
    const headers = { 'If-Match': (await read(first)).headers.get('etag') ?? '' }
    const body = { reason: 'context.reset', set: { context: { tenant: 'acme', locale: 'de' } } }
    await call('PATCH', '/v1/session', { as: 'desk', token: first, body, headers })
    const second = await signIn('ada', {}, first)
    expect((await read(second)).body.document).toMatchObject({ version: 1, context: { tenant: null, locale: 'de' } })
    expect((await read(first)).body).toMatchObject({ code: 'session_ended', reason: 'revoked' })
    expect((await audit()).at(-1)).toMatchObject({
      operation: 'create',
      reason: 'login',
      application: 'gateway',
      paths: ['context.locale'],
    })
  })

  it("carries nothing over from somebody else's session, which ends all the same", async () => {
    const { signIn, read, call, audit } = await openTestGateway()
    const bob = await signIn('bob')
    const headers = { 'If-Match': (await read(bob)).headers.get('etag') ?? '' }
    await call('PATCH', '/v1/session', {
      as: 'desk',
      token: bob,
      body: { reason: 'context.reset', set: { context: { locale: 'de' } } },
      headers,
    })
    const ada = await signIn('ada', {}, bob)
    expect((await read(ada)).body.document.context.locale).toBe('en')
    expect((await read(bob)).body.code).toBe('session_ended')
    expect((await audit()).at(-1)?.paths).toEqual([])
  })

  it('leaves a session alone that is named by nothing that is a token', async () => {
    const { signIn, read, exchange, advance } = await openTestGateway()
    const old = await signIn()
    const { token } = (await exchange(old)).body
    await read(token)
    advance(10_000)
    await signIn('ada', {}, 'nonsense')
    expect((await read(token)).status).toBe(200)
  })

  it('is refused when the person was signed out everywhere since the login began', async () => {
    const { gateway, call, store } = await openTestGateway()
    const { endings } = await store.health()
    const path = `/v1/subjects/${encodeURIComponent(issuer)}/ada/sessions`
    await call('DELETE', path, { as: 'admin', body: { reason: 'lost_device' } })
    expect(await gateway.startSession(authenticationOf('ada'), { endingsAtStart: endings })).toEqual({
      kind: 'refused',
      why: 'subject_ended',
    })
    expect((await gateway.startSession(authenticationOf('ada'))).kind).toBe('started')
  })

  it.each([
    ['deny', { kind: 'refused', why: 'too_many_sessions' }, 200],
    ['end-oldest', { kind: 'started' }, 401],
  ] as const)('keeps to the limit of sessions per person: %s', async (onOverflow, expected, status) => {
    const { gateway, signIn, read } = await openTestGateway({ sessionsPerSubject: { max: 1, onOverflow } })
    const first = await signIn()
    expect(await gateway.startSession(authenticationOf('ada'))).toMatchObject(expected)
    expect((await read(first)).status).toBe(status)
  })

  it('fits a contract with no more than a name and applications', async () => {
    const contract = defineContract({ name: 'small', entitlements: z.object({}), applications: { portal: { reads: ['identity'] } } })
    const gateway = await createGateway(
      {
        ...configOf(),
        contract,
        applications: { portal: { key: keyOf('portal'), origins: [] } },
        idp: developmentPeople([{ subject: 'ada' }]),
        log: { level: 'silent' },
      } as never,
      { env: {} },
    )
    expect((await gateway.startSession(authenticationOf('ada'))).kind).toBe('started')
  })
})

describe('a document that the store did not keep well', () => {
  it.each([
    ['is no JSON', (body: string) => body.slice(1)],
    ['is of another session', (body: string) => body.replace(/"id":"[^"]+"/, `"id":"${'A'.repeat(43)}"`)],
    ['does not fit the contract', (body: string) => body.replace('"plan":"free"', '"plan":"gold"')],
    ['lacks who it belongs to', (body: string) => body.replace(/"identity":\{[^}]*\}/, '"identity":{}')],
  ])('that %s is refused, ends the session, is audited once and never patched', async (_, corrupt) => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn()
    const etag = (await gateway.read(token)).headers.get('etag') ?? ''
    const bad = await openTestGateway({ store: corrupted(gateway.store, corrupt) })
    const first = await bad.read(token, 'portal', { 'If-None-Match': etag })
    expect([first.status, first.body.code, first.body.reason]).toEqual([401, 'session_invalid', 'invalid'])
    expect((await bad.update(token, etag)).body).toMatchObject({ code: 'session_ended', reason: 'invalid' })
    expect((await bad.exchange(token)).body).toMatchObject({ code: 'session_ended', reason: 'invalid' })
    const records = await gateway.audit()
    expect(records.map(({ operation, reason }) => [operation, reason])).toEqual([
      ['create', 'login'],
      ['end', 'document_invalid'],
    ])
  })

  it('does not end a session that a newer contract wrote: another gateway can read it', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn()
    const newer = corrupted(gateway.store, (body) => body.replace('"plan":"free"', '"plan":"gold"'), { contract: 4 })
    const answer = await (await openTestGateway({ store: newer })).read(token)
    expect([answer.status, answer.body.code]).toEqual([409, 'contract_mismatch'])
    expect((await gateway.read(token)).status).toBe(200)
  })
})

type Store = Awaited<ReturnType<typeof openTestGateway>>['store']

/** The same store, as if somebody had reached into its file. */
function corrupted(store: Store, corrupt: (body: string) => string, others: object = {}): Store {
  const bad = <Record extends { readonly body: string } | null>(record: Record): Record =>
    record === null ? record : { ...record, body: corrupt(record.body), ...others }
  return {
    ...store,
    read: async (ids) => {
      const answer = await store.read(ids)
      return { ...answer, records: answer.records.map(bad) }
    },
    confirm: async (id, shown) => {
      const answer = await store.confirm(id, shown)
      return { ...answer, record: bad(answer.record) }
    },
  }
}
