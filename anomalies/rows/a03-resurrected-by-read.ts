import type { Anomaly, Scenario, Verdict } from '../anomaly.ts'
import type { Browser } from '../browser.ts'
import { createGate } from '../gate.ts'
import type { Scope } from '../scope.ts'
import { meOf, type Site, signOut } from '../site.ts'
import { authCoreSite } from '../sites/auth-core.ts'
import { betterAuthSite } from '../sites/better-auth.ts'
import { expressOpenidConnectSite } from '../sites/express-openid-connect.ts'
import { expressSessionSite } from '../sites/express-session.ts'
import { nextjsAuth0Site } from '../sites/nextjs-auth0.ts'
import { onEach, ownSite } from '../sites/single-state.ts'

interface Refreshing {
  readonly site: Site
  readonly browser: Browser
  /** The read that refreshes. */
  readonly read: () => Promise<Response>
  /** Where the refreshing is held. */
  readonly hold: (pass: () => Promise<void>) => void
}

async function signOutMeanwhile({ site, browser, read, hold }: Refreshing): Promise<Verdict> {
  const gate = createGate(1)
  hold(gate.pass)
  const reading = read()
  await gate.waiting()
  await signOut(site, browser)
  gate.open()
  await reading
  return (await meOf(site, browser)) === null ? 'holds' : 'happens'
}

/** The store's write that a read makes is held. */
async function heldAtWrite(site: Site, read: (browser: Browser) => Promise<Response> = site.me): Promise<Verdict> {
  const browser = await site.signIn()
  const hold = (pass: () => Promise<void>) => {
    site.hooks.storeWrite = pass
  }
  return signOutMeanwhile({ site, browser, read: () => read(browser), hold })
}

const betterAuth =
  (options: { readonly secondaryStorage?: boolean }): Scenario =>
  async (scope) =>
    heldAtWrite(await betterAuthSite(scope, { ...options, updateAge: 0 }))

const nextjsAuth0 =
  (update: boolean): Scenario =>
  async (scope) => {
    const site = await nextjsAuth0Site(scope, { update })
    return heldAtWrite(site, site.roll)
  }

/** The gateway has made the successor of the token, and its answer is on the way. */
async function duringExchange(scope: Scope, framework: Parameters<typeof ownSite>[1]): Promise<Verdict> {
  const gate = createGate(1)
  let isHeld = false
  const site = await ownSite(scope, framework, {
    afterAnswer: async ({ path }) => (isHeld && path === '/v1/session/token' ? gate.pass() : undefined),
  })
  const session = await site.gateway.signIn()
  site.gateway.clock.advance(site.gateway.contract.lifetime.tokenMs / 2)
  const browser = site.open(session)
  isHeld = true
  const reading = site.me(browser)
  await gate.waiting()
  await site.gateway.revokeNow(session)
  gate.open()
  await reading
  return (await meOf(site, browser)) === null ? 'holds' : 'happens'
}

export const a03: Anomaly = {
  id: 'A3',
  title: 'signed out under a refreshing read, signed in again',
  what: 'Somebody signs out while a read is extending the session; when it is done, the cookie authenticates again.',
  cells: {
    'single-state': { run: onEach(duringExchange) },
    'express-session': { run: async (scope) => heldAtWrite(await expressSessionSite(scope)) },
    'express-openid-connect': {
      run: async (scope) => heldAtWrite(await expressOpenidConnectSite(scope)),
    },
    'nextjs-auth0': { run: nextjsAuth0(false), options: { 'a conditional update() in the store': nextjsAuth0(true) } },
    'hono-session': 'a read extends nothing unless the application writes that itself',
    'better-auth': { run: betterAuth({}), options: { 'sessions in secondaryStorage': betterAuth({ secondaryStorage: true }) } },
    'auth-core': {
      note: 'the session is in the cookie (strategy jwt); the read is the one of its client',
      run: async (scope) => {
        let pass = async () => {}
        const site = await authCoreSite(scope, {
          strategy: 'jwt',
          jwt: async ({ token }) => {
            await pass()
            return token
          },
        })
        const browser = await site.signIn()
        const hold = (gate: () => Promise<void>) => {
          pass = gate
        }
        return signOutMeanwhile({ site, browser, read: () => site.client(browser), hold })
      },
    },
    'iron-session': 'a read extends nothing',
    clerk: 'the token is renewed by its script in the page, against its own service',
  },
}
