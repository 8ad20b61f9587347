import type { Anomaly, Verdict } from '../anomaly.ts'
import { alwaysFail, type Site } from '../site.ts'
import { authCoreSite } from '../sites/auth-core.ts'
import { betterAuthSite } from '../sites/better-auth.ts'
import { expressOpenidConnectSite } from '../sites/express-openid-connect.ts'
import { expressSessionSite } from '../sites/express-session.ts'
import { honoSessionSite } from '../sites/hono-session.ts'
import { nextjsAuth0Site } from '../sites/nextjs-auth0.ts'
import { onEach, ownSite } from '../sites/single-state.ts'

/** Opens the page that everybody may open, while the store is away. */
async function pageWithoutStore(site: Site, away: () => void): Promise<Verdict> {
  const browser = await site.signIn()
  const before = (await (await site.page(browser)).json()) as { readonly subject: string | null }
  if (before.subject !== 'ada') throw new Error('the page does not know who is signed in')
  away()
  const response = await site.page(browser)
  const { subject } = response.ok ? ((await response.json()) as { readonly subject: string | null }) : { subject: 'nobody was served' }
  return subject === null ? 'happens' : 'holds'
}

async function failingReads(site: Site): Promise<Verdict> {
  return pageWithoutStore(site, () => {
    site.hooks.storeRead = alwaysFail
  })
}

export const a04: Anomaly = {
  id: 'A4',
  title: 'store away, page served without a session',
  what: 'The store is away, and a page answers 200 to somebody who is signed in as if nobody were.',
  cells: {
    'single-state': {
      run: onEach(async (scope, framework) => {
        const site = await ownSite(scope, framework)
        return pageWithoutStore(site, () => void site.gateway.outage())
      }),
    },
    'express-session': {
      note: "the store says so by its documented 'disconnect' event; a read that only fails is passed to next(error)",
      run: async (scope) => {
        const site = await expressSessionSite(scope)
        return pageWithoutStore(site, () => void site.store.emit('disconnect'))
      },
    },
    'express-openid-connect': { run: async (scope) => failingReads(await expressOpenidConnectSite(scope)) },
    'nextjs-auth0': { run: async (scope) => failingReads(await nextjsAuth0Site(scope)) },
    'hono-session': { run: async () => failingReads(honoSessionSite()) },
    'better-auth': {
      run: async (scope) => failingReads(await betterAuthSite(scope)),
    },
    'auth-core': {
      note: 'strategy database',
      run: async (scope) => failingReads(await authCoreSite(scope, { strategy: 'database' })),
    },
    'iron-session': 'it has no store',
    clerk: 'networkless verification has no store',
  },
}
