import { expect } from 'vitest'
import type { GatewayConfig } from '../src/config.ts'
import { type contract, issuer as developmentIssuer, openTestGateway, origin } from '../src/fixtures/test-gateway.ts'
import { oidc } from '../src/oidc/oidc.ts'
import { type Browser, createBrowser } from './browser.ts'
import type { TestIdp } from './test-idp.ts'

export const portal = 'http://localhost:4410'
export const billing = 'http://localhost:4411'
export const sessionCookie = '__Host-session'

/** A real gateway in this process that signs people in with a real provider, and browsers to come with. */
export async function openLoginGateway(idp: TestIdp, overrides: Partial<GatewayConfig<typeof contract>> = {}) {
  const { issuer, clientId, clientSecret } = idp
  const opened = await openTestGateway({ idp: oidc({ issuer, clientId, clientSecret }), ...overrides })
  const served = {
    [origin]: opened.gateway.fetch,
    [portal]: () => new Response('the portal'),
    [billing]: () => new Response('billing'),
  }

  /** The living sessions of a person. */
  async function sessionsOf(subject: string, at = overrides.idp ? developmentIssuer : issuer): Promise<readonly string[]> {
    const { records } = await opened.store.listBySubject({ issuer: at, subject })
    return records.map(({ id }) => id)
  }

  /** Changes so far: 0 when nothing has ever been written. */
  async function changes(): Promise<number> {
    return (await opened.store.health()).seq
  }

  return { ...opened, issuer, sessionsOf, changes, newBrowser: () => createBrowser(served) }
}

export type LoginGateway = Awaited<ReturnType<typeof openLoginGateway>>

export function loginUrl(returnTo?: string): string {
  return `${origin}/login${returnTo === undefined ? '' : `?${new URLSearchParams({ return_to: returnTo })}`}`
}

/** Names of the cookies of logins under way. */
export function pendingLogins(browser: Browser): readonly string[] {
  return [...(browser.jar.headerFor(new URL(origin)) ?? '').matchAll(/__Host-login-[\w-]+/g)].map(([name]) => name)
}

export function sessionToken(browser: Browser): string | null {
  return browser.jar.valueOf(origin, sessionCookie)
}

/** Asks as a program does: no page, a problem. */
export const asProgram = { Accept: 'application/json', 'Sec-Fetch-Mode': 'cors' }

/** A refusal changes nothing: no session, no record, no session cookie. */
export async function expectRefused(gateway: LoginGateway, browser: Browser, url: string | URL, code = 'login_failed', status = 400) {
  const before = await gateway.changes()
  const answer = await browser.ask(url, { headers: asProgram })
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(await answer.json()).toMatchObject({ code, status })
  expect(answer.headers.get('location')).toBeNull()
  expect(answer.headers.getSetCookie().filter((line) => line.startsWith(sessionCookie))).toEqual([])
  expect(await gateway.changes()).toBe(before)
}
