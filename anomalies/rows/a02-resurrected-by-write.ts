import type { Anomaly, Scenario, Verdict } from '../anomaly.ts'
import { createGate } from '../gate.ts'
import type { Scope } from '../scope.ts'
import { type Hooks, meOf, type Site, signOut } from '../site.ts'
import { authCoreSite } from '../sites/auth-core.ts'
import { betterAuthSite } from '../sites/better-auth.ts'
import { expressOpenidConnectSite } from '../sites/express-openid-connect.ts'
import { expressSessionSite } from '../sites/express-session.ts'
import { honoSessionSite } from '../sites/hono-session.ts'
import { ironSessionSite } from '../sites/iron-session.ts'
import { nextjsAuth0Site } from '../sites/nextjs-auth0.ts'
import { onEach, ownSite } from '../sites/single-state.ts'
import type { Framework } from '../sites/single-state-routes.ts'

/** Here the session itself has to be over: a copy of the cookie opens nothing either, in another process. */
async function stricter(scope: Scope, framework: Framework, place: (hooks: Hooks, pass: () => Promise<void>) => void): Promise<Verdict> {
  const site = await ownSite(scope, framework)
  const other = await ownSite(scope, framework, { shared: site.gateway })
  const session = await site.gateway.signIn()
  const verdict = await signOutMeanwhile({ ...site, signIn: async () => site.open(session) }, (pass) => place(site.hooks, pass))
  return (await meOf(other, other.open(session))) === null ? verdict : 'happens'
}

/** The sign-out is answered while the write waits where it is held; then the write goes on. */
async function signOutMeanwhile(site: Site, hold: (pass: () => Promise<void>) => void): Promise<Verdict> {
  const browser = await site.signIn()
  if ((await meOf(site, browser)) === null) throw new Error('nobody was signed in')
  const gate = createGate(1)
  hold(gate.pass)
  const writing = site.set(browser, 'first')
  await gate.waiting()
  await signOut(site, browser)
  gate.open()
  await writing
  if ((await meOf(site, browser)) === null) return 'holds'
  // Undisturbed it does sign out: otherwise this would show nothing.
  await signOut(site, browser)
  if ((await meOf(site, browser)) !== null) throw new Error('the sign-out never works')
  return 'happens'
}

function inHandler(open: (scope: Scope) => Promise<Site> | Site): Scenario {
  return async (scope) => {
    const site = await open(scope)
    return signOutMeanwhile(site, (pass) => {
      site.hooks.meanwhile = pass
    })
  }
}

function atTheStore(open: (scope: Scope) => Promise<Site> | Site): Scenario {
  return async (scope) => {
    const site = await open(scope)
    return signOutMeanwhile(site, (pass) => {
      site.hooks.storeWrite = pass
    })
  }
}

export const a02: Anomaly = {
  id: 'A2',
  title: 'signed out under a slow write, signed in again',
  what: 'Somebody signs out while a slow request of theirs is about to write the session; when it is done, the browser is signed in again.',
  cells: {
    'single-state': {
      note: 'a copy of the cookie opens nothing either',
      run: onEach(async (scope, framework) => {
        const inHandlers = await stricter(scope, framework, (hooks, pass) => {
          hooks.meanwhile = pass
        })
        const onTheWay = await stricter(scope, framework, (hooks, pass) => {
          hooks.storeWrite = pass
        })
        return inHandlers === 'holds' && onTheWay === 'holds' ? 'holds' : 'happens'
      }),
    },
    'express-session': { run: inHandler(expressSessionSite) },
    'express-openid-connect': { run: inHandler(expressOpenidConnectSite) },
    'nextjs-auth0': {
      run: atTheStore(nextjsAuth0Site),
      options: { 'a conditional update() in the store': atTheStore((scope) => nextjsAuth0Site(scope, { update: true })) },
    },
    'hono-session': { run: inHandler(() => honoSessionSite()) },
    'better-auth': {
      run: atTheStore(betterAuthSite),
      options: { 'sessions in secondaryStorage': atTheStore((scope) => betterAuthSite(scope, { secondaryStorage: true })) },
    },
    'auth-core': {
      run: inHandler((scope) => authCoreSite(scope, { strategy: 'jwt' })),
      note: 'the session is in the cookie (strategy jwt)',
    },
    'iron-session': { run: inHandler(ironSessionSite), note: 'the session is in the cookie' },
    clerk: 'an application cannot write to the session',
  },
}
