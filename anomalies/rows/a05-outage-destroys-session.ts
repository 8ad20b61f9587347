import type { Anomaly, Verdict } from '../anomaly.ts'
import { failOnce, meOf, type Site } from '../site.ts'
import { authCoreSite } from '../sites/auth-core.ts'
import { betterAuthSite } from '../sites/better-auth.ts'
import { expressOpenidConnectSite } from '../sites/express-openid-connect.ts'
import { expressSessionSite } from '../sites/express-session.ts'
import { honoSessionSite } from '../sites/hono-session.ts'
import { nextjsAuth0Site } from '../sites/nextjs-auth0.ts'
import { onEach, ownSite } from '../sites/single-state.ts'

/** One read of the store fails, whatever is answered then; afterwards all is well again. */
async function oneFailedRead(site: Site): Promise<Verdict> {
  const browser = await site.signIn()
  if ((await meOf(site, browser)) === null) throw new Error('nobody was signed in')
  site.hooks.storeRead = failOnce()
  await site.me(browser)
  return (await meOf(site, browser)) === null ? 'happens' : 'holds'
}

export const a05: Anomaly = {
  id: 'A5',
  title: 'one failed read ends the session',
  what: 'One read of the store fails, and a valid session is destroyed or its cookie taken from the browser.',
  cells: {
    'single-state': { run: onEach(async (scope, framework) => oneFailedRead(await ownSite(scope, framework))) },
    'express-session': { run: async (scope) => oneFailedRead(await expressSessionSite(scope)) },
    'express-openid-connect': { run: async (scope) => oneFailedRead(await expressOpenidConnectSite(scope)) },
    'nextjs-auth0': { run: async (scope) => oneFailedRead(await nextjsAuth0Site(scope)) },
    'hono-session': { run: async () => oneFailedRead(honoSessionSite()) },
    'better-auth': {
      run: async (scope) => oneFailedRead(await betterAuthSite(scope)),
      options: { 'sessions in secondaryStorage': async (scope) => oneFailedRead(await betterAuthSite(scope, { secondaryStorage: true })) },
    },
    'auth-core': { note: 'strategy database', run: async (scope) => oneFailedRead(await authCoreSite(scope, { strategy: 'database' })) },
    'iron-session': 'it has no store',
    clerk: 'networkless verification has no store',
  },
}
