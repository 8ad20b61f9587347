import type { Anomaly, Scenario, Verdict } from '../anomaly.ts'
import { createGate } from '../gate.ts'
import type { Scope } from '../scope.ts'
import { meOf, type Site } from '../site.ts'
import { authCoreSite } from '../sites/auth-core.ts'
import { betterAuthSite } from '../sites/better-auth.ts'
import { expressOpenidConnectSite } from '../sites/express-openid-connect.ts'
import { expressSessionSite } from '../sites/express-session.ts'
import { honoSessionSite } from '../sites/hono-session.ts'
import { ironSessionSite } from '../sites/iron-session.ts'
import { nextjsAuth0Site } from '../sites/nextjs-auth0.ts'
import { onEach, ownSite } from '../sites/single-state.ts'

/** Both requests have read before either writes. A write that was refused is not lost: its sender was told. */
async function twoWriters(site: Site, hold: (pass: () => Promise<void>) => void): Promise<Verdict> {
  const browser = await site.signIn()
  const gate = createGate()
  hold(gate.pass)
  const writing = [site.set(browser, 'first'), site.set(browser, 'second')] as const
  await Promise.race([gate.waiting(2), tooEarly(writing)])
  gate.open()
  const [first, second] = await Promise.all(writing)
  const me = await meOf(site, browser)
  const isLost = (first.ok && me?.first !== 'set') || (second.ok && me?.second !== 'set')
  return isLost ? 'happens' : 'holds'
}

/** An answer before the gate opens is a mistake of the scenario, and says so at once. */
async function tooEarly(writing: readonly Promise<Response>[]): Promise<never> {
  const { status } = await Promise.race(writing)
  throw new Error(`a write was answered with ${status} before it was let go`)
}

/** Each writes what it makes of the value that it has read. */
async function bothAppend(site: Site): Promise<Verdict> {
  const browser = await site.signIn()
  const gate = createGate()
  site.hooks.meanwhile = gate.pass
  const writing = [browser.post('/append'), browser.post('/append')]
  await Promise.race([gate.waiting(2), tooEarly(writing)])
  gate.open()
  const saved = (await Promise.all(writing)).filter(({ ok }) => ok).length
  return (await meOf(site, browser))?.first === 'x'.repeat(saved) ? 'holds' : 'happens'
}

function inHandlers(open: (scope: Scope) => Promise<Site> | Site): Scenario {
  return async (scope) => {
    const site = await open(scope)
    return twoWriters(site, (pass) => {
      site.hooks.meanwhile = pass
    })
  }
}

/** There the library's own route writes: both wait where the store is written. */
function atTheStore(open: (scope: Scope) => Promise<Site>): Scenario {
  return async (scope) => {
    const site = await open(scope)
    return twoWriters(site, (pass) => {
      site.hooks.storeWrite = (key) => (key.startsWith('active-sessions') ? Promise.resolve() : pass())
    })
  }
}

export const a01: Anomaly = {
  id: 'A1',
  title: 'two writers, one write lost',
  what: 'Two requests at once each set one value of the session, both are told that it is saved, and one value is gone.',
  cells: {
    'single-state': {
      note: 'also where both change the same value',
      run: onEach(async (scope, framework) => {
        const verdicts = [await inHandlers(() => ownSite(scope, framework))(scope), await bothAppend(await ownSite(scope, framework))]
        return verdicts.includes('happens') ? 'happens' : 'holds'
      }),
    },
    'express-session': { run: inHandlers(expressSessionSite) },
    'express-openid-connect': { run: inHandlers(expressOpenidConnectSite) },
    'nextjs-auth0': {
      run: inHandlers(nextjsAuth0Site),
      options: { 'a conditional update() in the store': inHandlers((scope) => nextjsAuth0Site(scope, { update: true })) },
    },
    'hono-session': { run: inHandlers(() => honoSessionSite()) },
    'better-auth': {
      run: atTheStore(betterAuthSite),
      options: { 'sessions in secondaryStorage': atTheStore((scope) => betterAuthSite(scope, { secondaryStorage: true })) },
    },
    'auth-core': {
      run: inHandlers((scope) => authCoreSite(scope, { strategy: 'jwt' })),
      note: 'the session is in the cookie (strategy jwt), written by its update()',
    },
    'iron-session': { run: inHandlers(ironSessionSite), note: 'the session is in the cookie' },
    clerk: 'an application cannot write to the session',
  },
}
