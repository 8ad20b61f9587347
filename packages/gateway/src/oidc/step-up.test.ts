import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, createBrowser } from '../../test/browser.ts'
import { createForger, type Forgery } from '../../test/forging-idp.ts'
import { asProgram, loginUrl, openLoginGateway, pendingLogins, portal, sessionToken } from '../../test/login-harness.ts'
import { signInAs, startTestIdp, type TestIdp } from '../../test/test-idp.ts'
import { openTestGateway, origin } from '../fixtures/test-gateway.ts'

let idp: TestIdp
let forge: Awaited<ReturnType<typeof createForger>>
beforeAll(async () => {
  idp = await startTestIdp(origin)
  forge = await createForger()
})
afterEach(() => idp.spoil(null))
afterAll(() => idp.stop())

const page = `${portal}/transfer?to=bob`
const stepUp = (asked: Record<string, string>) => `${loginUrl(page)}&${new URLSearchParams(asked)}`

/** A gateway with the people of the configuration, and somebody who has signed in there. */
async function openSignedIn() {
  const gateway = await openTestGateway()
  const browser = createBrowser({ [origin]: gateway.gateway.fetch, [portal]: () => new Response('the portal') })
  const signIn = async (url: string, subject = 'ada') => browser.submit(await browser.open(url), { subject })
  await signIn(loginUrl(portal))
  return { ...gateway, browser, signIn, token: sessionToken(browser) ?? '' }
}

describe('a step-up', () => {
  it('comes back to the page with a session that says what was asked for', async () => {
    const { browser, signIn, read, now } = await openSignedIn()
    expect((await signIn(stepUp({ acr_values: 'urn:mfa urn:pwd', max_age: '60' }))).url.href).toBe(page)
    const { body } = await read(sessionToken(browser) ?? '')
    expect(body.document.identity).toMatchObject({ subject: 'ada', acr: 'urn:mfa' })
    expect(Math.abs(Date.parse(body.document.identity.authenticatedAt) - Date.now())).toBeLessThan(60_000)
    expect(now()).toBeGreaterThan(0)
  })

  it('replaces the session: a new id, and the old token is dead from the same step on (T-724)', async () => {
    const { browser, signIn, read, exchange, token, audit } = await openSignedIn()
    const before = (await read(token)).body.document.id
    await signIn(stepUp({ acr_values: 'urn:mfa' }))
    expect((await read(sessionToken(browser) ?? '')).body.document.id).not.toBe(before)
    expect((await read(token)).body).toMatchObject({ code: 'session_ended', reason: 'revoked' })
    expect((await exchange(token)).body).toMatchObject({ code: 'session_ended', reason: 'revoked' })
    const [end, create] = (await audit()).slice(-2)
    expect([end?.operation, end?.reason, create?.operation]).toEqual(['end', 'session.replaced', 'create'])
    expect(end?.at).toBe(create?.at)
  })

  it('carries over what the contract names, for the same person', async () => {
    const { browser, signIn, call, read, token } = await openSignedIn()
    const { headers } = await read(token, 'desk')
    const body = { reason: 'context.reset', set: { context: { tenant: 'acme', locale: 'de' } } }
    await call('PATCH', '/v1/session', { as: 'desk', token, body, headers: { 'If-Match': headers.get('etag') ?? '' } })
    await signIn(stepUp({ acr_values: 'urn:mfa' }))
    const { context } = (await read(sessionToken(browser) ?? '')).body.document
    expect(context).toMatchObject({ locale: 'de', tenant: null })
  })

  it('of another person is a new login: nothing comes along, and the session before it is over all the same', async () => {
    const { browser, signIn, call, read, token } = await openSignedIn()
    const { headers } = await read(token, 'desk')
    const body = { reason: 'context.reset', set: { context: { tenant: 'acme', locale: 'de' } } }
    await call('PATCH', '/v1/session', { as: 'desk', token, body, headers: { 'If-Match': headers.get('etag') ?? '' } })
    await signIn(stepUp({ acr_values: 'urn:mfa' }), 'bob')
    const { identity, context } = (await read(sessionToken(browser) ?? '')).body.document
    expect([identity.subject, context.locale]).toEqual(['bob', 'en'])
    expect((await read(token)).body.code).toBe('session_ended')
  })
})

describe('what is asked of a step-up', () => {
  it('is handed on to the provider, and to nobody where nothing is asked', async () => {
    const gateway = await openLoginGateway(idp)
    const asked = async (url: string) => new URL((await gateway.newBrowser().ask(url)).headers.get('location') ?? '').searchParams
    const parameters = await asked(stepUp({ acr_values: 'urn:mfa urn:pwd', max_age: '300' }))
    expect([parameters.get('acr_values'), parameters.get('max_age')]).toEqual(['urn:mfa urn:pwd', '300'])
    const plain = await asked(loginUrl(page))
    expect([plain.has('acr_values'), plain.has('max_age')]).toEqual([false, false])
  })

  it('makes a real provider ask again, and the session is as recent as that', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    await signInAs(browser, await browser.open(loginUrl(page)), 'ada')
    const form = await browser.open(stepUp({ max_age: '0' }))
    expect(form.url.origin).toBe(idp.issuer)
    expect((await signInAs(browser, form, 'ada')).url.href).toBe(page)
    expect(await gateway.sessionsOf('ada')).toHaveLength(1)
  })

  it('makes a real provider ask for a code, once, and the session says so', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    await signInAs(browser, await browser.open(loginUrl(page)), 'ada')
    const { acr } = (await gateway.read(sessionToken(browser) ?? '')).body.document.identity
    expect(acr).toBeNull()
    const asked = stepUp({ acr_values: 'urn:acme:second-factor' })
    const wrong = await browser.submit(await browser.open(asked), { code: '000000' })
    expect([wrong.status, wrong.url.origin]).toEqual([401, idp.issuer])
    expect((await browser.submit(wrong, { code: '246810' })).url.href).toBe(page)
    const { identity } = (await gateway.read(sessionToken(browser) ?? '')).body.document
    expect(identity).toMatchObject({ subject: 'ada', acr: 'urn:acme:second-factor', amr: ['pwd', 'otp'] })
    expect((await browser.open(asked)).url.href).toBe(page)
    expect(await gateway.sessionsOf('ada')).toHaveLength(1)
  })

  it('makes a real provider ask somebody whom it does not know for the password first', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const form = await browser.open(stepUp({ acr_values: 'urn:acme:second-factor', max_age: '60' }))
    const code = await signInAs(browser, form, 'bob')
    expect([code.url.origin, sessionToken(browser)]).toEqual([idp.issuer, null])
    expect((await browser.submit(code, { code: '246810' })).url.href).toBe(page)
    const { identity } = (await gateway.read(sessionToken(browser) ?? '')).body.document
    expect(identity).toMatchObject({ subject: 'bob', acr: 'urn:acme:second-factor' })
  })

  it.each([
    ['acr_values', ''],
    ['acr_values', 'a  b'],
    ['acr_values', ' a'],
    ['acr_values', 'a"'],
    ['acr_values', 'a\\b'],
    ['acr_values', 'a\nb'],
    ['acr_values', 'ä'],
    ['acr_values', 'a'.repeat(256)],
    ['acr_values', Array(9).fill('a').join(' ')],
    ['max_age', ''],
    ['max_age', '-1'],
    ['max_age', '1.5'],
    ['max_age', '1e3'],
    ['max_age', ' 60'],
    ['max_age', '5m'],
    ['max_age', '31536001'],
    ['max_age', '9'.repeat(400)],
  ])('is refused as %s=%j, before anything has begun', async (name, value) => {
    const gateway = await openLoginGateway(idp)
    const answer = await gateway.newBrowser().ask(stepUp({ [name]: value }), { headers: asProgram })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'request_invalid', detail: expect.stringContaining(`${name}: expected`) })
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  it('is refused when it is there twice', async () => {
    const gateway = await openLoginGateway(idp)
    const answer = await gateway.newBrowser().ask(`${stepUp({ max_age: '60' })}&max_age=3600`, { headers: asProgram })
    expect(answer.status).toBe(400)
  })

  it('fits into the cookie of the login with the longest way back there is', async () => {
    const gateway = await openLoginGateway(idp)
    const longest = `${portal}/${'a'.repeat(2_048 - portal.length - 1)}`
    const url = `${loginUrl(longest)}&${new URLSearchParams({ acr_values: `${'a'.repeat(127)} ${'b'.repeat(127)}`, max_age: '31536000' })}`
    const [cookie] = (await gateway.newBrowser().ask(url)).headers.getSetCookie()
    expect(cookie?.split(';')[0]?.length).toBeLessThanOrEqual(4_096)
  })
})

describe('a provider that does less than it was asked for', () => {
  const now = () => Math.floor(Date.now() / 1_000)

  /** A browser that has been at the gateway's login, and comes back with what the forger says. */
  async function finishWith(claims: Record<string, unknown>, asked: Record<string, string>) {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    await signInAs(browser, await browser.open(loginUrl(portal)), 'ada')
    const before = sessionToken(browser)
    const begun = await browser.ask(stepUp(asked))
    const { state, nonce } = Object.fromEntries(new URL(begun.headers.get('location') ?? '').searchParams)
    const forgery: Forgery = { claims: { iss: idp.issuer, aud: 'gateway', sub: 'ada', nonce, iat: now(), exp: now() + 60, ...claims } }
    idp.spoil(forge(forgery))
    const answer = `${origin}/callback?${new URLSearchParams({ code: 'c', state: state ?? '', iss: idp.issuer })}`
    return { gateway, browser, before, visit: await browser.open(answer) }
  }

  async function expectNothingChanged({ gateway, browser, before, visit }: Awaited<ReturnType<typeof finishWith>>): Promise<void> {
    expect(visit.url.pathname).toBe('/callback')
    expect(sessionToken(browser)).toBe(before)
    expect((await gateway.read(before ?? '')).status).toBe(200)
    expect(pendingLogins(browser as Browser)).toEqual([])
  }

  it.each([
    ['another class', { acr: 'urn:pwd' }],
    ['a class in other letters', { acr: 'URN:MFA' }],
    ['no class', {}],
    ['a class that is a list', { acr: ['urn:mfa'] }],
  ])('ends in a page that says so, and not in a circle: %s', async (_title, claims) => {
    const finished = await finishWith(claims, { acr_values: 'urn:mfa' })
    await expectNothingChanged(finished)
    expect(finished.visit.status).toBe(401)
    expect(finished.visit.html).toContain('This sign-in is not enough')
    expect(finished.visit.html).toContain('acr_values=urn%3Amfa')
  })

  it.each([
    ['an authentication of long ago', { auth_time: Math.floor(Date.now() / 1_000) - 3_600 }],
    ['no time of authentication: the age of the ID token does not pass for it', {}],
    ['a time that is a text', { auth_time: String(Math.floor(Date.now() / 1_000)) }],
  ])('lets nobody in with %s', async (_title, claims) => {
    const finished = await finishWith({ acr: 'urn:mfa', ...claims }, { max_age: '60' })
    await expectNothingChanged(finished)
    expect(finished.visit.status).toBeGreaterThanOrEqual(400)
  })

  it('is the only thing wrong in these tests', async () => {
    const { visit, gateway, browser } = await finishWith({ acr: 'urn:mfa', auth_time: now() }, { acr_values: 'urn:mfa', max_age: '60' })
    expect(visit.url.href).toBe(page)
    expect((await gateway.read(sessionToken(browser) ?? '')).body.document.identity.acr).toBe('urn:mfa')
  })
})
