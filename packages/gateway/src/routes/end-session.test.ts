import { describe, expect, it } from 'vitest'
import { authenticationOf, openTestGateway } from '../fixtures/test-gateway.ts'

const body = { reason: 'sign_out' }

describe('DELETE /v1/session', () => {
  it('ends the session for every application at once, and answers with a receipt', async () => {
    const { signIn, read, call, now } = await openTestGateway()
    const token = await signIn()
    const answer = await call('DELETE', '/v1/session', { as: 'billing', token, body })
    expect(answer.body).toEqual({
      receipt: {
        committedAt: new Date(now()).toISOString(),
        effectiveEverywhereAt: new Date(now() + 10_000).toISOString(),
        durability: 'memory',
      },
      ended: 1,
    })
    expect((await read(token)).body).toMatchObject({ code: 'session_ended', reason: 'revoked' })
  })

  it('is final: neither a write nor an exchange brings the session back', async () => {
    const { signIn, read, call, update, exchange } = await openTestGateway()
    const token = await signIn()
    const etag = (await read(token)).headers.get('etag')
    await call('DELETE', '/v1/session', { as: 'portal', token, body })
    expect((await update(token, etag)).body.code).toBe('session_ended')
    expect((await exchange(token)).body.code).toBe('session_ended')
    expect((await call('DELETE', '/v1/session', { as: 'portal', token, body })).body.code).toBe('session_ended')
  })

  it('is audited with the application, the person and the reason', async () => {
    const { signIn, call, audit } = await openTestGateway()
    await call('DELETE', '/v1/session', { as: 'portal', token: await signIn(), body })
    expect((await audit()).at(-1)).toMatchObject({
      operation: 'end',
      application: 'portal',
      actor: 'urn:single-state:development-people ada',
      reason: 'sign_out',
      fromVersion: 1,
      toVersion: 1,
    })
  })
})

describe('/v1/session/others', () => {
  it("lists the person's other living sessions, and nobody else's", async () => {
    const { signIn, call, exchange, advance } = await openTestGateway()
    const first = await signIn('ada')
    advance(1_000)
    const here = await signIn('ada')
    await signIn('bob')
    advance(1_000)
    await exchange(first)
    const { body: list } = await call('GET', '/v1/session/others', { as: 'portal', token: here })
    expect(list.sessions).toEqual([
      {
        id: expect.stringMatching(/^[\w-]{43}$/),
        createdAt: '2026-11-21T10:00:00.250Z',
        lastExchangeAt: '2026-11-21T10:00:02.250Z',
        acr: 'urn:acr:1',
        current: false,
      },
    ])
  })

  it('confirms the generation of the token that it is asked with', async () => {
    const { signIn, call, exchange, store, now } = await openTestGateway()
    const { token, document } = (await exchange(await signIn())).body
    await call('GET', '/v1/session/others', { as: 'portal', token })
    const { records } = await store.read([document.id])
    expect(records[0]?.confirmedAtMs).toBe(now())
  })

  it('ends them, keeps this one, and refuses a login of the person that is under way', async () => {
    const { gateway, signIn, call, read, store } = await openTestGateway()
    const { endings } = await store.health()
    const [other, here, bob] = [await signIn('ada'), await signIn('ada'), await signIn('bob')]
    const answer = await call('DELETE', '/v1/session/others', { as: 'portal', token: here, body })
    expect(answer.body.ended).toBe(1)
    expect((await read(other)).body.code).toBe('session_ended')
    expect([(await read(here)).status, (await read(bob)).status]).toEqual([200, 200])
    expect(await gateway.startSession(authenticationOf('ada'), { endingsAtStart: endings })).toEqual({
      kind: 'refused',
      why: 'subject_ended',
    })
  })
})
