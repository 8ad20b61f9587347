import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBrowser } from '../../test/browser.ts'
import { billing, loginUrl, openLoginGateway, pendingLogins, portal, sessionCookie, sessionToken } from '../../test/login-harness.ts'
import { signInAs, startTestIdp, type TestIdp } from '../../test/test-idp.ts'
import { openTestGateway, origin } from '../fixtures/test-gateway.ts'

let idp: TestIdp
beforeAll(async () => {
  idp = await startTestIdp(origin)
})
afterAll(() => idp.stop())

describe('signing in', () => {
  it('leads through the forms of the provider to where the person wanted to go, with a session', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const form = await browser.open(loginUrl(`${portal}/orders?page=2`))
    expect(form.url.origin).toBe(idp.issuer)
    const arrived = await signInAs(browser, form, 'ada')
    expect(arrived.url.href).toBe(`${portal}/orders?page=2`)
    const { status, body } = await gateway.read(sessionToken(browser) ?? '')
    expect(status).toBe(200)
    expect(body.document).toMatchObject({
      version: 1,
      identity: { subject: 'ada', issuer: idp.issuer, amr: ['pwd'] },
      entitlements: { plan: 'pro', roles: ['admin', 'member'] },
    })
  })

  it('hands over the session cookie and takes back that of the login, in an answer that nobody stores', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const form = await browser.open(loginUrl(`${portal}/`))
    const [pending] = pendingLogins(browser)
    const { hops } = await signInAs(browser, form, 'bob')
    const callback = hops.find(({ url }) => url.pathname === '/callback')
    expect(callback?.status).toBe(302)
    expect(callback?.headers.get('cache-control')).toContain('no-store')
    expect(callback?.headers.get('referrer-policy')).toBe('no-referrer')
    const [session, removal, ...rest] = callback?.headers.getSetCookie() ?? []
    expect(session).toBe(`${sessionCookie}=${sessionToken(browser)}; Path=/; HttpOnly; Secure; SameSite=Lax`)
    expect(removal).toBe(`${pending}=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0`)
    expect(rest).toEqual([])
    expect(pendingLogins(browser)).toEqual([])
  })

  it('keeps the login in a cookie that says nothing', async () => {
    const gateway = await openLoginGateway(idp)
    const response = await gateway.newBrowser().ask(loginUrl(`${portal}/`))
    expect(response.status).toBe(302)
    const [cookie, ...rest] = response.headers.getSetCookie()
    expect(rest).toEqual([])
    expect(cookie).toMatch(/^__Host-login-[\w-]{8}=[\w.-]+; Path=\/; HttpOnly; Secure; SameSite=Lax; Max-Age=600$/)
    const state = new URL(response.headers.get('location') ?? '').searchParams.get('state') ?? ''
    expect(cookie).not.toContain(state)
  })

  it('ends at the gateway itself when nobody said where to go', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const arrived = await signInAs(browser, await browser.open(loginUrl()), 'carol')
    expect(arrived.url.href).toBe(`${origin}/`)
    expect(arrived.status).toBe(200)
    expect(arrived.html).toContain('acme')
    expect(await gateway.sessionsOf('carol')).toHaveLength(1)
  })

  it('works in two tabs at once, whichever is finished first', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const first = await browser.open(loginUrl(`${portal}/first`))
    const second = await browser.open(loginUrl(`${billing}/second`))
    expect(pendingLogins(browser)).toHaveLength(2)
    expect((await signInAs(browser, second, 'ada')).url.href).toBe(`${billing}/second`)
    expect((await signInAs(browser, first, 'ada')).url.href).toBe(`${portal}/first`)
    expect(pendingLogins(browser)).toEqual([])
    expect(await gateway.sessionsOf('ada')).toHaveLength(1)
  })

  it('again replaces the session of the browser, with a new id', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    await signInAs(browser, await browser.open(loginUrl(`${portal}/`)), 'ada')
    const [before] = await gateway.sessionsOf('ada')
    const token = sessionToken(browser) ?? ''
    // The provider still knows the person and asks nothing.
    expect((await browser.open(loginUrl(`${portal}/`))).url.href).toBe(`${portal}/`)
    const after = await gateway.sessionsOf('ada')
    expect(after).toHaveLength(1)
    expect(after).not.toContain(before)
    expect((await gateway.read(token)).body.code).toBe('session_ended')
    expect((await gateway.read(sessionToken(browser) ?? '')).status).toBe(200)
  })

  it('can be begun again and again without filling the headers of the browser', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    for (let count = 0; count < 20; count++) await browser.ask(loginUrl(`${portal}/${'a'.repeat(1_500)}`))
    expect(browser.jar.headerFor(new URL(origin))?.length).toBeLessThan(8_200)
    expect(pendingLogins(browser).length).toBeGreaterThanOrEqual(2)
    const form = await browser.open(loginUrl(`${portal}/last`))
    expect((await signInAs(browser, form, 'ada')).url.href).toBe(`${portal}/last`)
  })

  it('with the people of the configuration needs no provider', async () => {
    const opened = await openTestGateway()
    const browser = createBrowser({ [origin]: opened.gateway.fetch, [portal]: () => new Response('the portal') })
    const page = await browser.open(loginUrl(`${portal}/`))
    expect(page.url.pathname).toBe('/development/sign-in')
    const arrived = await browser.submit(page, { subject: 'bob' })
    expect(arrived.url.href).toBe(`${portal}/`)
    expect((await opened.read(sessionToken(browser) ?? '')).body.document.identity.subject).toBe('bob')
  })

  it('leaves no secret of it in the log', async () => {
    const gateway = await openLoginGateway(idp, { log: { level: 'debug' } })
    const browser = gateway.newBrowser()
    const form = await browser.open(loginUrl(`${portal}/`))
    const { state, nonce } = Object.fromEntries(form.hops[1]?.url.searchParams ?? [])
    const { hops } = await signInAs(browser, form, 'ada')
    const callback = hops.find(({ url }) => url.pathname === '/callback')
    await browser.open(callback?.url ?? '')
    const log = gateway.logText()
    expect(log).not.toBe('')
    for (const secret of [state, nonce, callback?.url.searchParams.get('code'), sessionToken(browser)]) {
      expect(secret).toMatch(/^.{20,}$/)
      expect(log).not.toContain(secret)
    }
  })
})
