import type { Anomaly, Scenario } from '../anomaly.ts'
import type { Browser } from '../browser.ts'
import { betterAuthSite } from '../sites/better-auth.ts'
import { onEach, ownSite } from '../sites/single-state.ts'

const betterAuth =
  (isStated: boolean): Scenario =>
  async (scope) => {
    const site = await betterAuthSite(scope)
    const browser = await site.signIn()
    const acme = await createOrganization(browser, 'acme')
    const globex = await createOrganization(browser, 'globex')
    await browser.post('/api/auth/organization/set-active', { organizationId: acme })
    if ((await site.tenantOf(browser)) !== 'acme') throw new Error('the first tab does not show acme')
    // The second tab switches, then the first one acts.
    await browser.post('/api/auth/organization/set-active', { organizationId: globex })
    const tenant = await site.tenantOf(browser, isStated ? `?organizationId=${acme}` : '')
    return tenant === 'acme' ? 'holds' : 'happens'
  }

async function createOrganization(browser: Browser, name: string): Promise<string> {
  const response = await browser.post('/api/auth/organization/create', { name, slug: name })
  return ((await response.json()) as { readonly id: string }).id
}

/** The first tab acts for acme after the second one has switched; `path` is the route that acts. */
const own = (path: string): Scenario =>
  onEach(async (scope, framework) => {
    const site = await ownSite(scope, framework)
    const browser = await site.signIn()
    await browser.post('/tenant?to=globex')
    const response = await browser.post(path)
    if (response.status === 409) return 'holds'
    return ((await response.json()) as { readonly tenant: string }).tenant === 'acme' ? 'holds' : 'happens'
  })

const none = 'it has no active organisation: what an application keeps there is its own affair'

export const a12: Anomaly = {
  id: 'A12',
  title: 'one tab acts for the tenant of another',
  what: 'One tab switches the active organisation of the session, and the next act of another tab, which shows the old one, is done for the new one.',
  cells: {
    'single-state': { run: own('/act?for=acme'), options: { 'no `expect` in session.require()': own('/act-unstated') } },
    'express-session': none,
    'express-openid-connect': none,
    'nextjs-auth0': none,
    'hono-session': none,
    'better-auth': { run: betterAuth(false), options: { 'organizationId in the call': betterAuth(true) } },
    'auth-core': none,
    'iron-session': none,
    clerk: 'the active organisation is switched at its service',
  },
}
