import type { Anomaly, Scenario, Verdict } from '../anomaly.ts'
import type { Browser } from '../browser.ts'
import { createGate } from '../gate.ts'
import { type Me, meOf, type Site } from '../site.ts'
import { authCoreSite } from '../sites/auth-core.ts'
import { betterAuthSite } from '../sites/better-auth.ts'
import { expressOpenidConnectSite } from '../sites/express-openid-connect.ts'
import { expressSessionSite } from '../sites/express-session.ts'
import { nextjsAuth0Site } from '../sites/nextjs-auth0.ts'
import { onEach } from '../sites/single-state.ts'
import { liveSite, untilLive } from '../sites/single-state-live.ts'

interface LateRead {
  readonly site: Site
  readonly browser: Browser
  readonly read: () => Promise<Response>
  /** Where the read is held, after it has got what it answers. */
  readonly hold: (pass: () => Promise<void>) => void
}

/** A value is set, acknowledged, while the read is held; the read's answer arrives last. */
async function lateRead({ site, browser, read, hold }: LateRead): Promise<Verdict> {
  const gate = createGate(1)
  hold(gate.pass)
  const reading = read()
  await gate.waiting()
  if (!(await site.set(browser, 'first')).ok) throw new Error('the value was not set')
  gate.open()
  await reading
  const me = (await meOf(site, browser)) as Me
  return me.first === 'set' ? 'holds' : 'happens'
}

async function heldAtWrite(site: Site, read: (browser: Browser) => Promise<Response> = site.me): Promise<Verdict> {
  const browser = await site.signIn()
  const hold = (pass: () => Promise<void>) => {
    site.hooks.storeWrite = pass
  }
  return lateRead({ site, browser, read: () => read(browser), hold })
}

const betterAuth =
  (cookieCache: boolean): Scenario =>
  async (scope) => {
    const site = await betterAuthSite(scope, { cookieCache })
    const browser = await site.signIn()
    const hold = (pass: () => Promise<void>) => {
      site.hooks.storeRead = pass
    }
    return lateRead({ site, browser, read: () => browser.get('/api/auth/get-session?disableCookieCache=true'), hold })
  }

const nothingWritten = 'a read keeps nothing and writes nothing'

export const a11: Anomaly = {
  id: 'A11',
  title: 'late read overwrites what is newer',
  what: 'The answer of a slow read arrives after a newer state was acknowledged, and from then on the older one is shown.',
  cells: {
    'single-state': {
      note: 'live reads from memory, two processes, sqlite',
      run: onEach(async (scope, framework) => {
        const { one, other, share } = await liveSite(scope, framework)
        const browser = await one.signIn()
        await untilLive(one, browser)
        // Another value from elsewhere: the snapshot is dropped, and the next read asks the gateway.
        const elsewhere = await share(browser, other)
        await other.set(elsewhere, 'second')
        const site = { ...one, set: () => other.set(elsewhere, 'first') }
        const hold = (pass: () => Promise<void>) => {
          one.afterRead = pass
        }
        return lateRead({ site, browser, read: () => one.me(browser), hold })
      }),
    },
    'express-session': { run: async (scope) => heldAtWrite(await expressSessionSite(scope)) },
    'express-openid-connect': {
      note: 'a read writes the whole session to extend it',
      run: async (scope) => heldAtWrite(await expressOpenidConnectSite(scope)),
    },
    'nextjs-auth0': {
      note: 'a read in the proxy writes the whole session to extend it',
      run: async (scope) => {
        const site = await nextjsAuth0Site(scope)
        return heldAtWrite(site, site.roll)
      },
    },
    'hono-session': nothingWritten,
    'better-auth': { run: betterAuth(false), options: { 'session.cookieCache': betterAuth(true) } },
    'auth-core': {
      note: 'strategy jwt, a read of its client',
      run: async (scope) => {
        let pass = async () => {}
        const site = await authCoreSite(scope, {
          strategy: 'jwt',
          jwt: async ({ token, trigger, session }) => {
            if (trigger === 'update') return { ...token, ...(session as object) }
            await pass()
            return token
          },
        })
        const browser = await site.signIn()
        const hold = (gate: () => Promise<void>) => {
          pass = gate
        }
        return lateRead({ site, browser, read: () => site.client(browser), hold })
      },
    },
    'iron-session': nothingWritten,
    clerk: 'seen in its script in the page (clerk/javascript#8097), not reproduced here',
  },
}
