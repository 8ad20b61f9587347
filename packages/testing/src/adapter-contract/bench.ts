import type { SignedIn } from '../sign-in.ts'
import { createTestGateway, type TestGateway } from '../test-gateway.ts'
import { adapterTestContract } from './contract.ts'
import type { AdapterFixture, AdapterRoutes } from './fixture.ts'
import { createGate, type Gate } from './gate.ts'

/** One application of a fixture over a gateway of its own, for one test. */
export interface Bench {
  readonly gateway: TestGateway<typeof adapterTestContract>
  readonly origin: string
  readonly gate: Gate
  readonly ask: <Route extends keyof AdapterRoutes>(route: Route, options?: AskOptions) => Promise<Answer<AdapterRoutes[Route]>>
}

/** What is particular to the application of one test. */
export interface BenchOptions {
  /** How browsers address it. Default: as the test gateway has it, by plain HTTP. */
  readonly origin?: string
}

/** How a request of the suite is sent. */
export interface AskOptions {
  /** Sent as a browser's cookie. */
  readonly session?: Pick<SignedIn, 'cookie'>
  /** Default: those of a page of the application's own. */
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** An answer, read to its end. */
export interface Answer<Body> {
  readonly status: number
  readonly header: (name: string) => string | null
  /** Every `Set-Cookie`, in order. */
  readonly setCookies: readonly string[]
  /** The session cookie that a browser would send from here on, or null when the answer sets none. */
  readonly cookie: string | null
  readonly text: string
  /** The JSON of a handler's answer; a problem is not one. */
  readonly body: Body
  /** The problem of a refusal (RFC 9457). */
  readonly problem: { readonly status?: number; readonly code?: string; readonly reason?: string }
}

/** The headers of a page's own `fetch`. */
export const ownPage = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', accept: '*/*' }
/** The headers of somebody who opens an address. */
export const navigation = { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', accept: 'text/html,*/*' }

/** Runs a test against an application of the fixture, and closes everything whatever comes of it. */
export async function withBench(
  fixture: AdapterFixture,
  test: (bench: Bench) => Promise<void>,
  { origin: app }: BenchOptions = {},
): Promise<void> {
  const gateway = await createTestGateway(adapterTestContract, app === undefined ? {} : { origins: { app } })
  const gate = createGate()
  const origin = gateway.origins.app
  const application = await fixture.start({ options: gateway.optionsFor('app'), origin, pause: gate.pause })
  const ask: Bench['ask'] = async (route, { session, headers = ownPage, signal } = {}) => {
    const [method, path] = route.split(' ') as [string, string]
    const sent = { ...(session && { cookie: session.cookie }), ...headers }
    return read(await application.fetch(path, { method, headers: sent, ...(signal && { signal }) }))
  }
  try {
    await test({ gateway, origin, gate, ask })
  } finally {
    gate.open()
    await application.close()
    await gateway.close()
  }
}

async function read<Body>(response: Response): Promise<Answer<Body>> {
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  const setCookies = response.headers.getSetCookie()
  const ours = setCookies.filter((cookie) => cookie.startsWith('__Host-session='))
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    setCookies,
    cookie: ours[0]?.split(';', 1)[0] ?? null,
    text,
    body: (type.startsWith('application/json') ? JSON.parse(text) : null) as Body,
    problem: type.startsWith('application/problem+json') ? JSON.parse(text) : {},
  }
}
