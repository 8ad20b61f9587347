import type { Anomaly, Verdict } from '../anomaly.ts'
import { alwaysFail, meOf, type Site } from '../site.ts'
import { authCoreSite } from '../sites/auth-core.ts'
import { betterAuthSite } from '../sites/better-auth.ts'
import { expressOpenidConnectSite } from '../sites/express-openid-connect.ts'
import { expressSessionSite } from '../sites/express-session.ts'
import { honoSessionSite } from '../sites/hono-session.ts'
import { nextjsAuth0Site } from '../sites/nextjs-auth0.ts'
import { onEach, ownSite } from '../sites/single-state.ts'

/** What a guarded route answers while every read of the store fails. */
async function guardedWithoutStore(site: Site, away: () => void): Promise<Verdict> {
  const browser = await site.signIn()
  if ((await meOf(site, browser)) === null) throw new Error('nobody was signed in')
  away()
  const { status } = await site.me(browser)
  return status < 500 ? 'happens' : 'holds'
}

async function failingReads(site: Site): Promise<Verdict> {
  return guardedWithoutStore(site, () => {
    site.hooks.storeRead = alwaysFail
  })
}

export const a08: Anomaly = {
  id: 'A8',
  title: 'outage reads as signed out',
  what: 'Reads of the store fail, and a guarded route answers somebody who is signed in exactly as it answers somebody who is not.',
  cells: {
    'single-state': {
      run: onEach(async (scope, framework) => {
        const site = await ownSite(scope, framework)
        return guardedWithoutStore(site, () => void site.gateway.outage())
      }),
    },
    'express-session': {
      note: "reads that fail; after a 'disconnect' see A4",
      run: async (scope) => failingReads(await expressSessionSite(scope)),
    },
    'express-openid-connect': { run: async (scope) => failingReads(await expressOpenidConnectSite(scope)) },
    'nextjs-auth0': { run: async (scope) => failingReads(await nextjsAuth0Site(scope)) },
    'hono-session': { run: async () => failingReads(honoSessionSite()) },
    'better-auth': {
      run: async (scope) => failingReads(await betterAuthSite(scope)),
      options: { 'sessions in secondaryStorage': async (scope) => failingReads(await betterAuthSite(scope, { secondaryStorage: true })) },
    },
    'auth-core': { note: 'strategy database', run: async (scope) => failingReads(await authCoreSite(scope, { strategy: 'database' })) },
    'iron-session': 'it has no store',
    clerk: 'networkless verification asks nobody',
  },
}
