import type { Request } from 'express'
import type { Anomaly, Scenario, Verdict } from '../anomaly.ts'
import type { Site } from '../site.ts'
import { clerkSite } from '../sites/clerk.ts'
import { expressOpenidConnectSite } from '../sites/express-openid-connect.ts'
import { expressSessionSite } from '../sites/express-session.ts'
import { honoSessionSite } from '../sites/hono-session.ts'
import { onEach, ownSite } from '../sites/single-state.ts'

/** Somebody without any cookie asks. */
async function asStranger(site: Site): Promise<Verdict> {
  const browser = await site.signIn()
  browser.take(
    browser
      .cookie()
      .split('; ')
      .map((pair) => `${pair.split('=', 1)[0]}=; Max-Age=0`),
  )
  return (await site.me(browser)).status === 200 ? 'happens' : 'holds'
}

/** Other middleware, mounted first, leaves something of its own on the request. */
function leaving(name: string, value: unknown): (request: Request, response: object, next: () => void) => void {
  return (request, _, next) => {
    if (request.path === '/me') Object.assign(request, { [name]: value })
    next()
  }
}

const mallory = { subject: 'mallory', identity: { subject: 'mallory' }, context: {} }

const own = (at: 'before' | 'after'): Scenario =>
  onEach(async (scope, framework) => asStranger(await ownSite(scope, framework, { foreign: { at, session: mallory } })))

const none = 'it puts nothing on the request'

export const a14: Anomaly = {
  id: 'A14',
  title: 'foreign request property is trusted',
  what: 'Other middleware has set the request property where the library keeps its session, and the guard takes that for a session.',
  cells: {
    'single-state': {
      run: async (scope) => {
        const verdicts = [await own('before')(scope), await own('after')(scope)]
        return verdicts.includes('happens') ? 'happens' : 'holds'
      },
    },
    'express-session': { run: async (scope) => asStranger(await expressSessionSite(scope, { before: leaving('session', mallory) })) },
    'express-openid-connect': {
      run: async (scope) => asStranger(await expressOpenidConnectSite(scope, { before: leaving('appSession', { id_token: 'mallory' }) })),
    },
    'nextjs-auth0': none,
    'hono-session': {
      run: async () =>
        asStranger(
          honoSessionSite((context, next) => {
            context.set('session', { get: async () => mallory })
            return next()
          }),
        ),
    },
    'better-auth': none,
    'auth-core': none,
    'iron-session': none,
    clerk: {
      note: 'req.auth (clerk/javascript#8804)',
      run: async (scope) =>
        asStranger(
          await clerkSite(scope, {
            before: leaving('auth', () => ({ userId: 'mallory', isAuthenticated: true, tokenType: 'session_token' })),
          }),
        ),
    },
  },
}
