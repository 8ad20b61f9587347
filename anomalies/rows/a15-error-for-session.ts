import type { Anomaly, Scenario, Verdict } from '../anomaly.ts'
import { alwaysFail, type Site } from '../site.ts'
import { authCoreSite } from '../sites/auth-core.ts'
import { betterAuthSite } from '../sites/better-auth.ts'
import { onEach, ownSite } from '../sites/single-state.ts'

/** Something is broken: neither the guarded route nor the check `if (session)` may let anybody in. */
async function broken(site: Site, breakIt: () => void): Promise<Verdict> {
  const browser = await site.signIn()
  breakIt()
  const answers = [await site.me(browser), await browser.get('/truthy')]
  return answers.some(({ status }) => status === 200) ? 'happens' : 'holds'
}

/** The gateway's answers to reads are replaced by an error as a proxy or a framework makes one. */
const errorInstead = (status: number): Scenario =>
  onEach(async (scope, framework) => {
    let isBroken = false
    const error = { status, header: () => null, body: JSON.stringify({ message: 'There was a problem with the server configuration.' }) }
    const site = await ownSite(scope, framework, { changeAnswer: (answer) => (isBroken ? error : answer) })
    return broken(site, () => {
      isBroken = true
    })
  })

const thrown = 'errors are thrown or passed to next(error), see A8'

export const a15: Anomaly = {
  id: 'A15',
  title: 'error object passes for a session',
  what: 'Something is broken, the call that answers the session answers an error object instead, and `if (session)` lets the request in.',
  cells: {
    'single-state': {
      run: async (scope) => {
        const verdicts = [await errorInstead(500)(scope), await errorInstead(200)(scope)]
        return verdicts.includes('happens') ? 'happens' : 'holds'
      },
    },
    'express-session': thrown,
    'express-openid-connect': thrown,
    'nextjs-auth0': thrown,
    'hono-session': thrown,
    'better-auth': {
      run: async (scope) => {
        const site = await betterAuthSite(scope)
        return broken(site, () => {
          site.hooks.storeRead = alwaysFail
        })
      },
    },
    'auth-core': {
      note: 'getSession of @auth/express, with a configuration that is not valid; seen in next-auth 5 (GHSA-8fpg-xm3f-6cx3), not reproduced here',
      run: async (scope) => {
        const site = await authCoreSite(scope, { strategy: 'jwt' })
        return broken(site, site.misconfigure)
      },
    },
    'iron-session': thrown,
    clerk: 'it answers an object in every case; the guard asks for userId in it',
  },
}
