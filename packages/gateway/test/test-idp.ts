import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createIdp } from '../../../examples/idp/idp.ts'
import type { Browser, Visit } from './browser.ts'

/** A real provider on a free port, with the means to spoil it. */
export interface TestIdp {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Puts `spoil` before the provider until it is called with null: it may answer itself and return true. */
  spoil(spoil: Spoil | null): void
  /** Stops listening; the port stays free. */
  stop(): Promise<void>
  /** Listens again at the same address, with everything that the provider remembers. */
  start(): Promise<void>
}

/** Looks at a request before the provider does; answers whether it has dealt with it. */
export type Spoil = (...request: Parameters<RequestListener>) => boolean

/** Starts the demonstration's provider for a gateway at `gateway`; it tells `backchannelLogoutUri` who has signed out. */
export async function startTestIdp(gateway: string, backchannelLogoutUri?: string): Promise<TestIdp> {
  const server = createServer()
  await listen(server, 0)
  const { port } = server.address() as AddressInfo
  const client = { clientId: 'gateway', clientSecret: 'only-for-tests' }
  const issuer = `http://localhost:${port}`
  const { handler } = await createIdp({
    issuer,
    ...client,
    redirectUris: [`${gateway}/callback`],
    postLogoutRedirectUris: [`${gateway}/logout/done`],
    ...(backchannelLogoutUri && { backchannelLogoutUri }),
  })
  let spoil: Spoil | null = null
  server.on('request', (req, res) => {
    if (!spoil?.(req, res)) handler(req, res)
  })
  return {
    issuer,
    ...client,
    spoil: (next) => {
      spoil = next
    },
    stop: () => close(server),
    start: async () => {
      if (!server.listening) await listen(server, port)
    },
  }
}

/** Fills in the provider's sign-in form as one of its people and follows the way back. */
export function signInAs(browser: Browser, page: Visit, login: 'ada' | 'bob' | 'carol'): Promise<Visit> {
  return browser.submit(page, { login, password: `${login}-demo` })
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, 'localhost', resolve)
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
