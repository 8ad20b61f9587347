import type { RequestListener } from 'node:http'
import { createTestGateway, type SignedIn, type TestGateway } from '@single-state/testing'
import { adapterTestContract } from '@single-state/testing/adapter-contract'
import { actionId, startPlace } from './places.ts'

/** The application as it is, over a gateway of its own, for one test. */
export interface Bench {
  readonly gateway: TestGateway<typeof adapterTestContract>
  readonly origin: string
  readonly ask: (path: string, options?: AskOptions) => Promise<Answer>
  /** Calls the fixture's action as a page's script does; `route` says what it does. */
  readonly act: (route: string, options?: AskOptions) => Promise<Answer>
}

interface AskOptions {
  readonly method?: string
  readonly session?: Pick<SignedIn, 'cookie'>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly setCookies: readonly string[]
}

/** How a place is chosen, and the proxy put before it. */
export const at = { page: { 'fixture-place': 'page' }, route: { 'fixture-place': 'route' }, proxied: { 'fixture-proxied': '1' } } as const

/** What a browser sends with a page's own request. */
export const own = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' } as const

/** Runs a test against the application. */
export async function withNext(listener: RequestListener, test: (bench: Bench) => Promise<void>): Promise<void> {
  const gateway = await createTestGateway(adapterTestContract)
  const origin = gateway.origins.app
  const given = { options: gateway.optionsFor('app'), origin, pause: async () => undefined }
  const { fetch, close } = await startPlace(listener, (send) => send, given)
  const ask: Bench['ask'] = async (path, { method = 'GET', session, headers = {}, body } = {}) => {
    const sent = { ...(session && { cookie: session.cookie }), ...headers }
    const response = await fetch(path, { method, headers: sent, ...(body !== undefined && { body }) })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, setCookies: response.headers.getSetCookie() }
  }
  const act: Bench['act'] = (route, { headers = own, ...options } = {}) => {
    const called = { 'fixture-place': 'action', 'next-action': actionId('act'), 'content-type': 'text/plain;charset=UTF-8', ...headers }
    return ask('/settings', { ...options, method: 'POST', headers: called, body: JSON.stringify([route]) })
  }
  try {
    await test({ gateway, origin, ask, act })
  } finally {
    await close()
    await gateway.close()
  }
}

/** Where the login brings somebody back to; null when nobody is sent there. */
export function returnTo({ headers }: Answer): string | null {
  const location = headers.get('x-action-redirect')?.split(';')[0] ?? headers.get('location')
  const url = URL.parse(location ?? '')
  return url?.pathname === '/login' ? url.searchParams.get('return_to') : null
}

/** The cookie that a browser would send after an answer. */
export function cookieOf({ setCookies }: Answer): { readonly cookie: string } {
  const ours = setCookies.filter((cookie) => cookie.startsWith('__Host-session='))
  if (ours.length !== 1) throw new Error(`expected one session cookie, found ${ours.length}`)
  return { cookie: ours[0]?.split(';', 1)[0] as string }
}
