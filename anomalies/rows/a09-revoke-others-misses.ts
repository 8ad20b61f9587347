import type { Anomaly, Verdict } from '../anomaly.ts'
import type { Browser } from '../browser.ts'
import { createGate } from '../gate.ts'
import type { Scope } from '../scope.ts'
import { meOf, type Site } from '../site.ts'
import { betterAuthSite } from '../sites/better-auth.ts'
import { onEach, ownSite } from '../sites/single-state.ts'

/** Every browser but the first was to be signed out. */
async function revokeOthers(site: Site, first: Browser, others: readonly Browser[], revoke: () => Promise<Response>): Promise<Verdict> {
  for (const browser of others) if ((await meOf(site, browser)) === null) throw new Error('nobody was signed in')
  if (!(await revoke()).ok) throw new Error('the others were not ended')
  if ((await meOf(site, first)) === null) throw new Error('the first was ended too')
  const left = await Promise.all(others.map((browser) => meOf(site, browser)))
  return left.some((me) => me !== null) ? 'happens' : 'holds'
}

/** Two sign-ins have both read the list of sessions before either writes it. */
async function betterAuth(scope: Scope, secondaryStorage: boolean): Promise<Verdict> {
  const site = await betterAuthSite(scope, { secondaryStorage })
  const first = await site.signIn()
  const gate = createGate(2)
  if (secondaryStorage) site.hooks.storeWrite = (key) => (key.startsWith('active-sessions') ? gate.pass() : Promise.resolve())
  const entering = [site.enter(), site.enter()]
  if (secondaryStorage) await gate.waiting(2)
  gate.open()
  return revokeOthers(site, first, await Promise.all(entering), () => first.post('/api/auth/revoke-other-sessions', {}))
}

const none = 'it has no operation that ends the other sessions of a person'

export const a09: Anomaly = {
  id: 'A9',
  title: 'revoke the others misses one',
  what: 'Somebody signs in on two devices at once and ends the other sessions on a third; that succeeds, and one of them goes on working.',
  cells: {
    'single-state': {
      run: onEach(async (scope, framework) => {
        const site = await ownSite(scope, framework)
        const first = await site.signIn()
        const others = await Promise.all([site.signIn(), site.signIn()])
        return revokeOthers(site, first, others, () => first.post('/end-others'))
      }),
    },
    'express-session': none,
    'express-openid-connect': none,
    'nextjs-auth0': none,
    'hono-session': none,
    'better-auth': {
      run: (scope) => betterAuth(scope, false),
      options: { 'sessions in secondaryStorage': (scope) => betterAuth(scope, true) },
    },
    'auth-core': none,
    'iron-session': none,
    clerk: "the operation is its service's",
  },
}
