import type { Anomaly, Verdict } from '../anomaly.ts'
import { alwaysFail, meOf, type Site } from '../site.ts'
import { betterAuthSite } from '../sites/better-auth.ts'
import { expressOpenidConnectSite } from '../sites/express-openid-connect.ts'
import { expressSessionSite } from '../sites/express-session.ts'
import { honoSessionSite } from '../sites/hono-session.ts'
import { nextjsAuth0Site } from '../sites/nextjs-auth0.ts'
import { onEach, ownSite } from '../sites/single-state.ts'

/** The store refuses the write; what the answer says is compared with what is there afterwards. */
async function refusedWrite(site: Site): Promise<Verdict> {
  const browser = await site.signIn()
  const { storeWrite } = site.hooks
  site.hooks.storeWrite = alwaysFail
  const saved = (await site.set(browser, 'first')).ok
  site.hooks.storeWrite = storeWrite
  const me = await meOf(site, browser)
  return saved && me?.first !== 'set' ? 'happens' : 'holds'
}

export const a06: Anomaly = {
  id: 'A6',
  title: 'write fails, answer says saved',
  what: 'The store refuses a write, and the answer of the request that made it says that it is saved.',
  cells: {
    'single-state': { run: onEach(async (scope, framework) => refusedWrite(await ownSite(scope, framework))) },
    'express-session': {
      run: async (scope) => refusedWrite(await expressSessionSite(scope)),
      options: {
        'an explicit session.save() before the answer': async (scope) =>
          refusedWrite(await expressSessionSite(scope, { explicitSave: true })),
      },
    },
    'express-openid-connect': { run: async (scope) => refusedWrite(await expressOpenidConnectSite(scope)) },
    'nextjs-auth0': { run: async (scope) => refusedWrite(await nextjsAuth0Site(scope)) },
    'hono-session': { run: async () => refusedWrite(honoSessionSite()), note: "the rejection is nobody's: by default it ends the process" },
    'better-auth': {
      run: async (scope) => refusedWrite(await betterAuthSite(scope)),
      options: { 'sessions in secondaryStorage': async (scope) => refusedWrite(await betterAuthSite(scope, { secondaryStorage: true })) },
    },
    'auth-core': 'its update() writes to the cookie; with strategy database the application writes',
    'iron-session': 'it has no store',
    clerk: 'an application cannot write to the session',
  },
}
