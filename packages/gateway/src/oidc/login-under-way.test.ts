import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { asProgram, type LoginGateway, loginUrl, openLoginGateway, portal, sessionToken } from '../../test/login-harness.ts'
import { createLogoutTokens } from '../../test/logout-tokens.ts'
import { signInAs, startTestIdp, type TestIdp } from '../../test/test-idp.ts'
import { openTestGateway, origin } from '../fixtures/test-gateway.ts'

let idp: TestIdp
let tokens: Awaited<ReturnType<typeof createLogoutTokens>>
beforeAll(async () => {
  idp = await startTestIdp(origin)
  tokens = await createLogoutTokens(idp.issuer)
})
afterEach(() => idp.spoil(null))
afterAll(() => idp.stop())

type End = (gateway: LoginGateway) => Promise<void>

const endSubject: End = async ({ call, issuer }) => {
  const path = `/v1/subjects/${encodeURIComponent(issuer)}/ada/sessions`
  expect((await call('DELETE', path, { as: 'admin', body: { reason: 'account.disabled' } })).status).toBe(200)
}

const refresh: End = async ({ call, issuer }) => {
  const path = `/v1/subjects/${encodeURIComponent(issuer)}/ada/refresh`
  expect((await call('POST', path, { as: 'admin', body: { reason: 'plan.changed' } })).status).toBe(200)
}

const endAll: End = async ({ call }) => {
  const body = { reason: 'keys.stolen', confirm: 'end-all' }
  expect((await call('DELETE', '/v1/sessions', { as: 'admin', body })).status).toBe(200)
}

/** The provider's own keys come back right after, so that the login that is under way can still be judged. */
const backchannel =
  (claims: Readonly<Record<string, unknown>>): End =>
  async ({ gateway }) => {
    idp.spoil(tokens.keySet)
    const body = new URLSearchParams({ logout_token: await tokens.token({ claims }) })
    const response = await gateway.fetch(new Request(`${origin}/backchannel-logout`, { method: 'POST', body }))
    expect(response.status).toBe(200)
    idp.spoil(null)
  }

const endOthers: End = async (gateway) => {
  const { gateway: started, call } = gateway
  const person = { issuer: idp.issuer, subject: 'ada', authenticatedAtMs: Date.now(), acr: null, amr: [], idpSession: null, claims: {} }
  const start = await started.startSession(person)
  if (start.kind !== 'started') throw new Error(start.why)
  const answer = await call('DELETE', '/v1/session/others', { as: 'portal', token: start.token, body: { reason: 'person.asked' } })
  expect(answer.status).toBe(200)
}

describe('a login that is under way', () => {
  it.each<[string, End]>([
    ['an operator ends the person', endSubject],
    ['an operator ends everybody', endAll],
    ['the provider ends the person', backchannel({})],
    ['the provider ends what one of its sessions began', backchannel({ sub: 'ada', sid: 'of-this-browser' })],
    ['the entitlements of the person are derived anew', refresh],
    ['the person ends all other sessions', endOthers],
  ])('does not come alive when %s before it is finished', async (_what, end) => {
    const gateway = await openLoginGateway(idp, { claimsOf: () => ({}) })
    const browser = gateway.newBrowser()
    const form = await browser.open(loginUrl(`${portal}/`))
    await end(gateway)
    const page = await signInAs(browser, form, 'ada')
    expect([page.url.pathname, page.status]).toEqual(['/callback', 400])
    expect(page.html).toContain('signed out everywhere')
    expect(sessionToken(browser)).toBeNull()
    // One that begins afterwards does.
    await browser.open(loginUrl(`${portal}/`))
    expect((await gateway.read(sessionToken(browser) ?? '')).status).toBe(200)
  })

  it('of somebody else is not touched', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const form = await browser.open(loginUrl(`${portal}/`))
    await endSubject(gateway)
    await signInAs(browser, form, 'bob')
    expect((await gateway.read(sessionToken(browser) ?? '')).status).toBe(200)
  })
})

describe('an operator who ends everybody', () => {
  const body = { reason: 'keys.stolen', confirm: 'end-all' }

  it('ends every session, once and for all, and is named in the audit', async () => {
    const { signIn, read, call, audit, exchange } = await openTestGateway()
    const tokensOf = [await signIn('ada'), await signIn('ada'), await signIn('bob')]
    const boss = await signIn('boss')
    const { status, body: answer } = await call('DELETE', '/v1/sessions', { as: 'admin', token: boss, body })
    expect([status, Object.keys(answer)]).toEqual([200, ['receipt']])
    for (const token of [...tokensOf, boss]) {
      expect((await read(token)).body).toMatchObject({ code: 'session_ended', reason: 'revoked' })
      expect((await exchange(token)).body).toMatchObject({ code: 'session_ended' })
    }
    expect((await audit()).at(-1)).toMatchObject({ operation: 'end_all', application: 'admin', reason: 'keys.stolen', session: null })
    expect((await audit()).at(-1)?.actor).toContain('boss')
    expect((await call('GET', '/v1/audit/verify', { as: 'admin' })).body).toMatchObject({ ok: true })
    expect((await read(await signIn('ada'))).status).toBe(200)
  })

  it.each<[string, object, string]>([
    ['without the confirmation', { reason: 'x' }, 'request_invalid'],
    ['with another confirmation', { reason: 'x', confirm: true }, 'request_invalid'],
    ['without a reason', { confirm: 'end-all' }, 'reason_required'],
  ])('ends nobody %s', async (_what, given, code) => {
    const { signIn, read, call } = await openTestGateway()
    const token = await signIn('ada')
    expect((await call('DELETE', '/v1/sessions', { as: 'admin', body: given })).body.code).toBe(code)
    expect((await read(token)).status).toBe(200)
  })

  it('is nobody but an operator', async () => {
    const { call } = await openTestGateway()
    const answer = await call('DELETE', '/v1/sessions', { as: 'portal', body, headers: asProgram })
    expect([answer.status, answer.body.code]).toEqual([403, 'application_denied'])
  })
})
