import type { Anomaly, Verdict } from '../anomaly.ts'
import type { Browser } from '../browser.ts'
import type { Scope } from '../scope.ts'
import { meOf, type Site, signOut } from '../site.ts'
import { authCoreSite } from '../sites/auth-core.ts'
import { betterAuthSite } from '../sites/better-auth.ts'
import { clerkSite } from '../sites/clerk.ts'
import { expressOpenidConnectSite } from '../sites/express-openid-connect.ts'
import { expressSessionSite } from '../sites/express-session.ts'
import { honoSessionSite } from '../sites/hono-session.ts'
import { ironSessionSite } from '../sites/iron-session.ts'
import { nextjsAuth0Site } from '../sites/nextjs-auth0.ts'
import { onEach } from '../sites/single-state.ts'
import { liveSite, untilLive } from '../sites/single-state-live.ts'

async function afterRevoking(site: Site, browser: Browser, revoke: () => Promise<unknown>): Promise<Verdict> {
  if ((await meOf(site, browser)) === null) throw new Error('nobody was signed in')
  await revoke()
  return (await meOf(site, browser)) === null ? 'holds' : 'happens'
}

async function revokedInStore(site: Site & { readonly revoke: (browser: Browser) => Promise<void> }): Promise<Verdict> {
  const browser = await site.signIn()
  return afterRevoking(site, browser, () => site.revoke(browser))
}

async function betterAuth(scope: Scope, cookieCache: boolean): Promise<Verdict> {
  const site = await betterAuthSite(scope, { cookieCache })
  const browser = await site.signIn()
  const other = await site.enter()
  return afterRevoking(site, browser, () => other.post('/api/auth/revoke-other-sessions', {}))
}

/** The person signs out in one browser; another one has a copy of the cookie. */
async function copyAfterSignOut(site: Site): Promise<Verdict> {
  const browser = await site.signIn()
  return afterRevoking(site, browser.copy(), () => signOut(site, browser))
}

export const a10: Anomaly = {
  id: 'A10',
  title: 'revoked, and served until a cache runs out',
  what: 'A session is revoked, the revocation is acknowledged, and an application goes on serving it until a cache or a token has run out.',
  cells: {
    'single-state': {
      note: 'live reads from memory, two processes, sqlite',
      run: onEach(async (scope, framework) => {
        const { one, other, share } = await liveSite(scope, framework)
        const browser = await one.signIn()
        await untilLive(one, browser)
        const elsewhere = await share(browser, other)
        return afterRevoking(one, browser, () => signOut(other, elsewhere))
      }),
    },
    'express-session': { run: async (scope) => revokedInStore(await expressSessionSite(scope)) },
    'express-openid-connect': { note: 'with a session store', run: async (scope) => revokedInStore(await expressOpenidConnectSite(scope)) },
    'nextjs-auth0': { note: 'with a session store', run: async (scope) => revokedInStore(await nextjsAuth0Site(scope)) },
    'hono-session': { note: 'with a storage', run: async () => revokedInStore(honoSessionSite()) },
    'better-auth': {
      run: (scope) => betterAuth(scope, false),
      options: { 'session.cookieCache': (scope) => betterAuth(scope, true) },
    },
    'auth-core': {
      note: 'strategy jwt: a copy of the cookie is believed until it has run out (30 days by default)',
      run: async (scope) => copyAfterSignOut(await authCoreSite(scope, { strategy: 'jwt' })),
    },
    'iron-session': {
      note: 'a copy of the sealed cookie is believed until it has run out (14 days by default); its documentation says so',
      run: async (scope) => copyAfterSignOut(await ironSessionSite(scope)),
    },
    clerk: {
      note: 'whatever its service has revoked, the token is believed for its 60 s; its documentation says so',
      run: async (scope) => {
        const site = await clerkSite(scope)
        return afterRevoking(site, await site.signIn(), async () => {})
      },
    },
  },
}
