import type { Anomaly, Verdict } from '../anomaly.ts'
import type { Browser } from '../browser.ts'
import { meOf, type Site } from '../site.ts'
import { authCoreSite } from '../sites/auth-core.ts'
import { betterAuthSite } from '../sites/better-auth.ts'
import { onEach, ownSite } from '../sites/single-state.ts'

/** The application's callback throws at one request, whatever is answered then; afterwards all is well again. */
async function oneThrow(site: Site, ask: (browser: Browser) => Promise<Response>): Promise<Verdict> {
  const browser = await site.signIn()
  if ((await meOf(site, browser)) === null) throw new Error('nobody was signed in')
  let calls = 0
  site.hooks.callback = () => {
    calls += 1
    throw new Error('injected: a service that the callback asks is away')
  }
  await ask(browser)
  if (calls === 0) throw new Error('the callback was not called')
  site.hooks.callback = () => {}
  return (await meOf(site, browser)) === null ? 'happens' : 'holds'
}

export const a07: Anomaly = {
  id: 'A7',
  title: 'callback throws once, session is gone',
  what: 'A callback that the application has written throws once, and the session cookie is deleted.',
  cells: {
    'single-state': {
      note: 'the function of session.require({ where })',
      run: onEach(async (scope, framework) => oneThrow(await ownSite(scope, framework), (browser) => browser.get('/checked'))),
    },
    'express-session': 'it calls nothing of the application when it reads a session',
    'express-openid-connect': 'it calls nothing of the application when it reads a session',
    'nextjs-auth0': 'it calls nothing of the application when it reads a session',
    'hono-session': 'it calls nothing of the application when it reads a session that has not run out',
    'better-auth': {
      note: 'the function of customSession()',
      run: async (scope) => {
        const site = await betterAuthSite(scope)
        return oneThrow(site, site.me)
      },
    },
    'auth-core': {
      note: 'the jwt callback, at a read of its client',
      run: async (scope) => {
        const site = await authCoreSite(scope, { strategy: 'jwt' })
        return oneThrow(site, site.client)
      },
    },
    'iron-session': 'it calls nothing of the application',
    clerk: 'it calls nothing of the application',
  },
}
