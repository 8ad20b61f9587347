import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { afterEach, describe, expect, it } from 'vitest'
import { loginUrl, openLoginGateway, portal, sessionToken } from '../../test/login-harness.ts'
import { signInAs, startTestIdp } from '../../test/test-idp.ts'
import { origin } from '../fixtures/test-gateway.ts'

// A real provider that calls the gateway over the network: login, sign-out there, and what is left here.

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A gateway and the provider that signs people in to it and tells it who has signed out. */
async function together() {
  let answer: (request: Request) => Promise<Response> = async () => new Response(null, { status: 503 })
  const told: { readonly status: number; readonly at: number }[] = []
  const receive = async (request: Request) => {
    const response = await answer(request)
    told.push({ status: response.status, at: performance.now() })
    return response
  }
  const server = createAdaptorServer({ fetch: receive }).listen(0, '127.0.0.1')
  closing.push(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const idp = await startTestIdp(origin, `http://127.0.0.1:${port}/backchannel-logout`)
  closing.push(() => idp.stop())
  const gateway = await openLoginGateway(idp)
  answer = gateway.gateway.fetch
  return { ...gateway, idp, told }
}

type Together = Awaited<ReturnType<typeof together>>

async function signedIn({ newBrowser }: Together, who: 'ada' | 'bob' = 'ada') {
  const browser = newBrowser()
  await signInAs(browser, await browser.open(loginUrl(`${portal}/`)), who)
  return { browser, token: sessionToken(browser) ?? '' }
}

const applications = ['portal', 'billing', 'desk'] as const

describe('signing out at the provider', () => {
  it('signs out of every application, in that browser and no other', async () => {
    const parts = await together()
    const [here, there, bob] = [await signedIn(parts), await signedIn(parts), await signedIn(parts, 'bob')]
    for (const application of applications) expect((await parts.read(here.token, application)).status).toBe(200)
    const form = await here.browser.open(`${parts.idp.issuer}/session/end`)
    const page = await here.browser.submit(form, { logout: 'yes' })
    expect(page.html).toContain('Signed out')
    // The provider's own page comes only after the gateway's answer.
    expect(parts.told).toMatchObject([{ status: 200 }])
    for (const application of applications) {
      expect((await parts.read(here.token, application)).body).toMatchObject({ code: 'session_ended', reason: 'revoked' })
    }
    expect([(await parts.read(there.token)).status, (await parts.read(bob.token)).status]).toEqual([200, 200])
    expect((await parts.audit()).at(-1)).toMatchObject({ operation: 'end_subject', actor: parts.idp.issuer, reason: 'backchannel_logout' })
  })

  it('after signing out here finds nothing more to do, and is content', async () => {
    const parts = await together()
    const { browser, token } = await signedIn(parts)
    const atProvider = await browser.submit(await browser.open(`${origin}/logout`))
    expect((await parts.read(token)).status).toBe(401)
    const before = await parts.changes()
    await browser.submit(atProvider, { logout: 'yes' })
    expect(parts.told).toMatchObject([{ status: 200 }])
    expect(await parts.changes()).toBe(before)
  })
})
