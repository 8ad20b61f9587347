import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fetchTransport, type Transport } from '@single-state/core'
import { createGateway, developmentPeople } from '@single-state/gateway'
import { type Browser, openBrowser } from '../browser.ts'
import type { Scope } from '../scope.ts'
import { createHooks, ownRoutes, type Site } from '../site.ts'
import { contract } from './single-state-contract.ts'
import type { Framework } from './single-state-routes.ts'

const origin = 'http://localhost:4400'
const portal = 'http://localhost:4410'

/** One process of the application, and how often it has asked for a session. */
export interface LiveApplication extends Site {
  readonly reads: () => number
  /** After the gateway has answered a read, before the application is given the answer. */
  afterRead: () => Promise<void>
}

/** Two processes of one application with live reads, over a gateway on sqlite. A browser is served by both. */
export async function liveSite(
  scope: Scope,
  framework: Framework,
): Promise<{
  readonly one: LiveApplication
  readonly other: LiveApplication
  readonly share: (browser: Browser, application: LiveApplication) => Promise<Browser>
}> {
  const folder = mkdtempSync(join(tmpdir(), 'single-state-anomalies-'))
  scope.defer(() => rmSync(folder, { recursive: true }))
  const key = `ss_portal_${randomBytes(32).toString('base64url')}`
  const gateway = await createGateway({
    contract,
    origin,
    store: `sqlite:${join(folder, 'sessions.db')}`,
    secret: randomBytes(32).toString('base64url'),
    idp: developmentPeople([{ subject: 'ada' }]),
    applications: { portal: { key, origins: [portal] } },
    derive: () => ({}),
    log: { level: 'silent' },
  })
  scope.defer(gateway.close)

  async function start(): Promise<LiveApplication & { readonly open: (cookie: string) => Browser }> {
    const hooks = createHooks()
    let count = 0
    const transport = (): Transport => {
      const carry = fetchTransport(origin, gateway.fetch)
      return async (request) => {
        const isRead = request.path === '/v1/session' || request.path === '/v1/reads'
        const answer = await carry(request)
        if (!isRead || request.method === 'DELETE' || request.method === 'PATCH') return answer
        count += 1
        await application.afterRead()
        return answer
      }
    }
    const options = { application: 'portal', gateway: origin, key, transport, log: () => {} } as const
    const send = await framework(scope, { options, hooks, origin: portal })
    const open = (cookie: string) => {
      const browser = openBrowser(send, { 'sec-fetch-site': 'same-origin', accept: 'application/json' })
      browser.take([cookie])
      return browser
    }
    const application = {
      ...ownRoutes,
      hooks,
      reads: () => count,
      afterRead: async () => {},
      open,
      async signIn() {
        const nowMs = Date.now()
        const started = await gateway.startSession({
          ...{ issuer: 'https://idp.example', subject: 'ada', acr: null, amr: [], idpSession: null },
          authenticatedAtMs: nowMs,
          claims: {},
        })
        if (started.kind === 'refused') throw new Error(`no session: ${started.why}`)
        return open(started.setCookie)
      },
    }
    return application
  }

  const [one, other] = [await start(), await start()]
  return { one, other, share: async (browser, application) => (application as typeof one).open(browser.cookie()) }
}

/** Reads until a read is answered from memory; a lease is in force then. */
export async function untilLive(application: LiveApplication, browser: Browser): Promise<void> {
  const endsAt = performance.now() + 10_000
  while (performance.now() < endsAt) {
    const before = application.reads()
    await application.me(browser)
    if (application.reads() === before) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('no read was answered from memory within 10 s')
}
