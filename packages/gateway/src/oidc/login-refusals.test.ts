import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from '../../test/browser.ts'
import { createForger } from '../../test/forging-idp.ts'
import { asProgram, expectRefused, loginUrl, openLoginGateway, pendingLogins, portal, sessionToken } from '../../test/login-harness.ts'
import { signInAs, startTestIdp, type TestIdp } from '../../test/test-idp.ts'
import { origin } from '../fixtures/test-gateway.ts'
import { memoryStore } from '../stores/memory.ts'

let idp: TestIdp
beforeAll(async () => {
  idp = await startTestIdp(origin)
})
afterEach(async () => {
  idp.spoil(null)
  await idp.start()
})
afterAll(() => idp.stop())

/** Signs in at the provider, which asks only the first time, and stops before the gateway sees the answer. */
async function answerTo(browser: Browser, returnTo = `${portal}/`): Promise<string> {
  const body = new URLSearchParams({ login: 'ada', password: 'ada-demo' })
  let response = await browser.ask(loginUrl(returnTo))
  for (let hops = 0; hops < 10; hops++) {
    const action = /<form method="post" action="([^"]+)"/.exec(await response.text())?.[1]
    const next = response.headers.get('location') ?? action ?? 'nothing to follow'
    if (next.startsWith(`${origin}/callback`)) return next
    response = await browser.ask(new URL(next, idp.issuer), action === undefined ? {} : { method: 'POST', body })
  }
  throw new Error('the provider does not come to an end')
}

describe('an answer that this browser does not wait for', () => {
  it('is refused when nothing was asked', async () => {
    const gateway = await openLoginGateway(idp)
    await expectRefused(gateway, gateway.newBrowser(), `${origin}/callback?code=c&state=${'s'.repeat(43)}`)
    await expectRefused(gateway, gateway.newBrowser(), `${origin}/callback?error=access_denied&state=${'s'.repeat(43)}`)
    await expectRefused(gateway, gateway.newBrowser(), `${origin}/callback`)
  })

  it('is refused without a state, and with two', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const answer = new URL(await answerTo(browser))
    const state = answer.searchParams.get('state') ?? ''
    answer.searchParams.append('state', state)
    await expectRefused(gateway, browser, answer)
    answer.searchParams.delete('state')
    await expectRefused(gateway, browser, answer)
    answer.searchParams.append('state', state)
    expect((await browser.open(answer)).url.href).toBe(`${portal}/`)
  })

  it('is refused when another browser asked, and stays good for that one', async () => {
    const gateway = await openLoginGateway(idp)
    const [victim, attacker] = [gateway.newBrowser(), gateway.newBrowser()]
    await answerTo(victim)
    const answer = await answerTo(attacker)
    await expectRefused(gateway, victim, answer)
    expect((await attacker.open(answer)).url.href).toBe(`${portal}/`)
  })

  it('is refused when the states of two logins were swapped', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const first = new URL(await answerTo(browser, `${portal}/first`))
    const second = new URL(await answerTo(browser, `${portal}/second`))
    first.searchParams.set('code', second.searchParams.get('code') ?? '')
    await expectRefused(gateway, browser, first)
    expect(await gateway.sessionsOf('ada')).toEqual([])
  })

  it('is refused when the cookies of two logins were swapped', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const answer = await answerTo(browser)
    const [mine = ''] = pendingLogins(browser)
    await browser.ask(loginUrl(`${portal}/other`))
    const other = pendingLogins(browser).find((name) => name !== mine) ?? ''
    browser.jar.set(origin, mine, browser.jar.valueOf(origin, other) ?? '')
    await expectRefused(gateway, browser, answer)
  })

  it('is refused when the cookie was changed, comes twice, or was made by another gateway', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const answer = await answerTo(browser)
    const [name = ''] = pendingLogins(browser)
    const value = browser.jar.valueOf(origin, name) ?? ''
    const [header, ...rest] = value.split('.')
    for (const changed of ['', 'x', value.slice(0, -4), [header, ...rest.slice(0, -1), `A${rest.at(-1)?.slice(1)}`].join('.')]) {
      browser.jar.set(origin, name, changed === value ? '' : changed)
      await expectRefused(gateway, browser, answer)
    }
    const twice = await browser.ask(answer, { headers: { ...asProgram, Cookie: `${name}=${value}; ${name}=${value}` } })
    expect(await twice.json()).toMatchObject({ code: 'login_failed' })
    const stranger = await openLoginGateway(idp, { secret: 'another secret of tests, long enough' })
    await expectRefused(stranger, browser, answer)
    browser.jar.set(origin, name, value)
    const foreign = await stranger.gateway.fetch(new Request(answer, { headers: { Cookie: `${name}=${value}`, ...asProgram } }))
    expect(await foreign.json()).toMatchObject({ code: 'login_failed' })
    expect((await browser.open(answer)).url.href).toBe(`${portal}/`)
  })

  it('is refused after ten minutes', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const answer = await answerTo(browser)
    gateway.advance(600_000)
    await expectRefused(gateway, browser, answer)
  })

  it('is refused the second time, even with the cookie of the first, and makes no second session', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const answer = await answerTo(browser)
    const [name = ''] = pendingLogins(browser)
    const value = browser.jar.valueOf(origin, name) ?? ''
    await browser.open(answer)
    const sessions = await gateway.sessionsOf('ada')
    expect(sessions).toHaveLength(1)
    await expectRefused(gateway, browser, answer)
    browser.jar.set(origin, name, value)
    await expectRefused(gateway, browser, answer)
    expect(await gateway.sessionsOf('ada')).toEqual(sessions)
    expect((await gateway.read(sessionToken(browser) ?? '')).status).toBe(200)
  })

  it('shows a person a page with a way to begin anew', async () => {
    const gateway = await openLoginGateway(idp)
    const page = await gateway
      .newBrowser()
      .open(`${origin}/callback?code=c&state=x`, { headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } })
    expect(page.status).toBe(400)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.html).toContain('href="/login"')
    expect(page.html).toContain('a'.repeat(32))
    expect(page.html).not.toContain('state=x')
  })
})

describe('a provider that says no', () => {
  it('leads to a page that offers to try again, and to no session', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const form = await browser.open(loginUrl(`${portal}/orders`))
    const cancel = /href="([^"]+\/cancel)"/.exec(form.html)?.[1] ?? ''
    const page = await browser.open(new URL(cancel, form.url))
    expect(page.url.pathname).toBe('/callback')
    expect(page.status).toBe(400)
    expect(page.html).toContain('cancelled')
    expect(page.html).not.toContain('the person cancelled')
    expect(pendingLogins(browser)).toEqual([])
    expect(await gateway.changes()).toBe(0)
    const again = /href="(\/login[^"]*)"/.exec(page.html)?.[1] ?? ''
    const second = await browser.open(new URL(again, origin))
    expect((await signInAs(browser, second, 'ada')).url.href).toBe(`${portal}/orders`)
  })

  it.each(['access_denied', 'login_required', 'unauthorized_client', 'no_such_error', '"><script>'])(
    'is a failed login for a program too: %s',
    async (error) => {
      const gateway = await openLoginGateway(idp)
      const browser = gateway.newBrowser()
      const asked = await browser.ask(loginUrl(`${portal}/`))
      const state = new URL(asked.headers.get('location') ?? '').searchParams.get('state') ?? ''
      const answer = new URL(
        `${origin}/callback?${new URLSearchParams({ error, error_description: '<b>why</b>', state, iss: idp.issuer })}`,
      )
      await expectRefused(gateway, browser, answer)
      expect(pendingLogins(browser)).toEqual([])
    },
  )

  it('is believed about nobody when its token is for another login', async () => {
    const forge = await createForger()
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const asked = await browser.ask(loginUrl(`${portal}/`))
    const { state = '', nonce = '' } = Object.fromEntries(new URL(asked.headers.get('location') ?? '').searchParams)
    const now = Math.floor(Date.now() / 1_000)
    const claims = { iss: idp.issuer, aud: 'gateway', sub: 'ada', nonce: `${nonce}x`, iat: now, exp: now + 60 }
    idp.spoil(forge({ claims }))
    await expectRefused(gateway, browser, `${origin}/callback?${new URLSearchParams({ code: 'c', state, iss: idp.issuer })}`)
  })
})

describe('a provider that is away', () => {
  it('makes a new login wait, for a person and for a program', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    await idp.stop()
    await expectRefused(gateway, browser, loginUrl(`${portal}/`), 'identity_provider_unavailable', 503)
    const page = await browser.open(loginUrl(`${portal}/`))
    expect(page.status).toBe(503)
    expect(page.headers.get('retry-after')).toBe('5')
    expect(page.html).toContain(`href="/login?return_to=${encodeURIComponent(`${portal}/`)}"`)
    expect(pendingLogins(browser)).toEqual([])
  })

  it('leaves whoever is signed in alone', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    await browser.open(await answerTo(browser))
    await idp.stop()
    expect((await gateway.read(sessionToken(browser) ?? '')).status).toBe(200)
    expect((await browser.open(loginUrl(`${portal}/`))).status).toBe(503)
    expect((await gateway.read(sessionToken(browser) ?? '')).status).toBe(200)
  })

  it('does not spoil a login that is nearly done: the same page works when it is back', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const answer = await answerTo(browser, `${portal}/orders`)
    await idp.stop()
    const page = await browser.open(answer)
    expect(page.status).toBe(503)
    expect(page.headers.get('retry-after')).toBe('5')
    expect(sessionToken(browser)).toBeNull()
    await idp.start()
    expect((await browser.open(answer)).url.href).toBe(`${portal}/orders`)
  })
})

describe('a person whom the gateway does not let in', () => {
  it('was signed out everywhere while the login was under way', async () => {
    const gateway = await openLoginGateway(idp)
    const browser = gateway.newBrowser()
    const answer = await answerTo(browser)
    await gateway.store.endSubject({ issuer: idp.issuer, subject: 'ada' }, 'all', {
      application: 'admin',
      actor: null,
      operation: 'end_subject',
      paths: [],
      reason: 'test',
      traceId: null,
      outcome: 'committed',
      session: null,
      subject: `${idp.issuer} ada`,
    })
    const page = await browser.open(answer)
    expect(page.status).toBe(400)
    expect(page.html).toContain('signed out everywhere')
    expect(sessionToken(browser)).toBeNull()
    expect(await gateway.sessionsOf('ada')).toEqual([])
    expect((await browser.open(loginUrl(`${portal}/`))).url.href).toBe(`${portal}/`)
  })

  it('is signed in in too many places', async () => {
    const gateway = await openLoginGateway(idp, { sessionsPerSubject: { max: 1, onOverflow: 'deny' } })
    const [first, second] = [gateway.newBrowser(), gateway.newBrowser()]
    await first.open(await answerTo(first))
    const page = await second.open(await answerTo(second))
    expect(page.status).toBe(400)
    expect(page.html).toContain('too many places')
    expect((await gateway.read(sessionToken(first) ?? '')).status).toBe(200)
  })

  it('has claims that derive can make nothing of', async () => {
    const gateway = await openLoginGateway(idp, {
      derive: () => {
        throw new Error('no such person')
      },
    })
    const browser = gateway.newBrowser()
    await expectRefused(gateway, browser, await answerTo(browser))
  })

  it('comes while the store is away', async () => {
    const store = memoryStore()
    const gateway = await openLoginGateway(idp, { store })
    const browser = gateway.newBrowser()
    const answer = await answerTo(browser)
    await store.close()
    const page = await browser.open(answer)
    expect(page.status).toBe(503)
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(sessionToken(browser)).toBeNull()
    const begin = await browser.ask(loginUrl(`${portal}/`), { headers: asProgram })
    expect(begin.status).toBe(503)
    expect(await begin.json()).toMatchObject({ code: 'store_unavailable' })
    expect(begin.headers.getSetCookie()).toEqual([])
  })
})
