import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from '../../test/browser.ts'
import { asProgram, type LoginGateway, loginUrl, openLoginGateway, portal, sessionCookie, sessionToken } from '../../test/login-harness.ts'
import { signInAs, startTestIdp, type TestIdp } from '../../test/test-idp.ts'
import { origin } from '../fixtures/test-gateway.ts'
import { openTestKeyring } from '../fixtures/test-keyring.ts'
import { memoryStore } from '../stores/memory.ts'
import { issueToken } from '../tokens/issue.ts'

let idp: TestIdp
beforeAll(async () => {
  idp = await startTestIdp(origin)
})
afterEach(() => idp.start())
afterAll(() => idp.stop())

const logoutUrl = (returnTo: string) => `${origin}/logout?${new URLSearchParams({ return_to: returnTo })}`
const removal = `${sessionCookie}=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0`

async function signedIn(gateway: LoginGateway): Promise<{ browser: Browser; token: string }> {
  const browser = gateway.newBrowser()
  await signInAs(browser, await browser.open(loginUrl(`${portal}/`)), 'ada')
  return { browser, token: sessionToken(browser) ?? '' }
}

/** Posts to /logout as a page of `from` does, and does not follow. */
function post(browser: Browser, headers: Record<string, string>, fields: Record<string, string> = { return_to: `${portal}/bye` }) {
  return browser.ask(`${origin}/logout`, { method: 'POST', body: new URLSearchParams(fields), headers })
}
const ownPage = { Origin: origin, 'Sec-Fetch-Site': 'same-origin' }

describe('signing out', () => {
  it('asks first: a link alone ends nothing', async () => {
    const gateway = await openLoginGateway(idp)
    const { browser, token } = await signedIn(gateway)
    const page = await browser.open(logoutUrl(`${portal}/bye`))
    expect(page.status).toBe(200)
    expect(page.html).toContain('Sign out?')
    expect(page.html).toContain(`href="${portal}/bye"`)
    expect((await gateway.read(token)).status).toBe(200)
    expect(sessionToken(browser)).toBe(token)
  })

  it('ends the session here and at the provider, and leads back to the application', async () => {
    const gateway = await openLoginGateway(idp)
    const { browser, token } = await signedIn(gateway)
    const atProvider = await browser.submit(await browser.open(logoutUrl(`${portal}/bye?a=b`)))
    expect(atProvider.url.origin).toBe(idp.issuer)
    expect((await gateway.read(token)).body).toMatchObject({ code: 'session_ended', reason: 'revoked' })
    expect(sessionToken(browser)).toBeNull()
    const back = await browser.submit(atProvider, { logout: 'yes' })
    expect(back.url.href).toBe(`${portal}/bye?a=b`)
    // Both have forgotten the person: the next login asks for the password again.
    expect((await browser.open(loginUrl(`${portal}/`))).html).toContain('name="password"')
  })

  it('tells the provider one address, whatever the application is', async () => {
    const gateway = await openLoginGateway(idp)
    const { browser } = await signedIn(gateway)
    const response = await post(browser, ownPage)
    expect(response.status).toBe(302)
    expect(response.headers.getSetCookie()).toEqual([removal])
    // Not the cookies of every host under this domain.
    expect(response.headers.get('clear-site-data')).toBe('"cache", "storage"')
    const { state, post_logout_redirect_uri } = Object.fromEntries(new URL(response.headers.get('location') ?? '').searchParams)
    expect(state).toBe(`${portal}/bye`)
    expect(post_logout_redirect_uri).toBe(`${origin}/logout/done`)
  })

  it('is written into the audit as the person’s own act', async () => {
    const gateway = await openLoginGateway(idp)
    const { browser } = await signedIn(gateway)
    await post(browser, ownPage)
    const last = (await gateway.audit()).at(-1)
    expect(last).toMatchObject({ operation: 'end', application: 'gateway', actor: `${idp.issuer} ada`, reason: 'logout' })
  })

  it.each([
    ['the gateway’s own page', ownPage],
    ['an application’s page', { Origin: portal, 'Sec-Fetch-Site': 'same-site' }],
    ['an application’s page in an old browser', { Origin: portal, 'Sec-Fetch-Site': '' }],
  ])('is done from %s', async (_where, headers) => {
    const gateway = await openLoginGateway(idp)
    const { browser, token } = await signedIn(gateway)
    expect((await post(browser, headers)).status).toBe(302)
    expect((await gateway.read(token)).body.code).toBe('session_ended')
  })

  it.each<[string, Record<string, string>]>([
    ['another site', { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }],
    ['a neighbour that is no application', { Origin: 'http://localhost:9999', 'Sec-Fetch-Site': 'same-site' }],
    ['a page without an origin', { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }],
    ['nowhere', { 'Sec-Fetch-Site': '' }],
  ])('is not done from %s', async (_where, headers) => {
    const gateway = await openLoginGateway(idp)
    const { browser, token } = await signedIn(gateway)
    const refused = await post(browser, { ...headers, ...asProgram })
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ code: 'cross_site' })
    expect(refused.headers.getSetCookie()).toEqual([])
    const page = await post(browser, headers)
    expect(await page.text()).toContain('href="/logout"')
    expect((await gateway.read(token)).status).toBe(200)
  })

  it('works with a token that has expired', async () => {
    const gateway = await openLoginGateway(idp)
    const { browser } = await signedIn(gateway)
    gateway.advance(6 * 60_000)
    expect((await post(browser, ownPage)).status).toBe(302)
    expect(await gateway.sessionsOf('ada')).toEqual([])
  })

  it('ends the session although the store has gone back and knows the token of no such generation', async () => {
    const gateway = await openLoginGateway(idp)
    const { browser, token } = await signedIn(gateway)
    const [id] = await gateway.sessionsOf('ada')
    const key = (await openTestKeyring(gateway)).signing()
    const grant = { id: id as string, generation: 2, expiresAtMs: gateway.now() + 3_600_000 }
    const later = await issueToken(grant, { origin, tokenMs: 300_000, key }, gateway.now())
    browser.jar.set(origin, sessionCookie, later.token)
    expect((await post(browser, ownPage)).headers.getSetCookie()).toEqual([removal])
    expect((await gateway.read(token)).body).toMatchObject({ code: 'session_ended', reason: 'reused' })
  })

  it('ends the session although the provider is away, and leads straight back', async () => {
    const gateway = await openLoginGateway(idp)
    const { browser, token } = await signedIn(gateway)
    await idp.stop()
    const response = await post(browser, ownPage)
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe(`${portal}/bye`)
    expect(response.headers.getSetCookie()).toEqual([removal])
    expect((await gateway.read(token)).body.code).toBe('session_ended')
    expect(gateway.logged().some(({ code }) => code === 'identity_provider_unavailable')).toBe(true)
  })

  it('of nobody is harmless', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    expect((await post(browser, ownPage)).status).toBe(302)
    browser.jar.set(origin, sessionCookie, 'not a token')
    expect((await post(browser, ownPage)).headers.getSetCookie()).toEqual([removal])
    expect(await gateway.changes()).toBe(0)
  })

  it('is refused with two session cookies, and ends neither', async () => {
    const gateway = await openLoginGateway(idp)
    const { browser, token } = await signedIn(gateway)
    const response = await post(browser, { ...ownPage, ...asProgram, Cookie: `${sessionCookie}=${token}; ${sessionCookie}=x` })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'credentials_ambiguous' })
    expect((await gateway.read(token)).status).toBe(200)
  })

  it.each([{ return_to: 'https://evil.example/' }, { return_to: '//evil.example' }, { return_to: '' }])(
    'is refused with %o, and ends nothing',
    async (fields) => {
      const gateway = await openLoginGateway(idp)
      const { browser, token } = await signedIn(gateway)
      const response = await post(browser, { ...ownPage, ...asProgram }, fields)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ code: 'request_invalid' })
      expect((await gateway.read(token)).status).toBe(200)
      const asked = await browser.open(logoutUrl(fields.return_to))
      expect(asked.status).toBe(400)
      expect(asked.html).not.toContain('evil')
    },
  )

  it('is refused with a form that is too large', async () => {
    const gateway = await openLoginGateway(idp)
    const { browser, token } = await signedIn(gateway)
    const response = await post(browser, { ...ownPage, ...asProgram }, { return_to: `${portal}/`, padding: 'a'.repeat(9_000) })
    expect(response.status).toBe(413)
    expect((await gateway.read(token)).status).toBe(200)
  })

  it('leaves the cookie where it is when the store is away', async () => {
    const store = memoryStore()
    const gateway = await openLoginGateway(idp, { store })
    const { browser, token } = await signedIn(gateway)
    await store.close()
    const response = await post(browser, ownPage)
    expect(response.status).toBe(503)
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await response.text()).toContain('nobody has been signed out')
    expect(sessionToken(browser)).toBe(token)
  })

  it('comes back from the provider to nowhere else', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const foreign = await browser.ask(`${origin}/logout/done?state=${encodeURIComponent('https://evil.example/')}`, { headers: asProgram })
    expect(foreign.status).toBe(400)
    expect(await foreign.json()).toMatchObject({ code: 'request_invalid' })
    const bare = await browser.open(`${origin}/logout/done`)
    expect(bare.status).toBe(200)
    expect(bare.html).toContain('href="/login"')
  })
})
