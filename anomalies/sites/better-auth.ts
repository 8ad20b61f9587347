import { type BetterAuthOptions, betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { toNodeHandler } from 'better-auth/node'
import { customSession, organization } from 'better-auth/plugins'
import express from 'express'
import { type Browser, openBrowser } from '../browser.ts'
import type { Scope } from '../scope.ts'
import { createHooks, type Hooks, ownRoutes, type Site } from '../site.ts'
import { serveExpress, siteOrigin } from './serve-express.ts'

/** What a scenario may set. */
interface BetterAuthSiteOptions {
  /** Sessions in the secondary storage, as with Redis, instead of the database. */
  readonly secondaryStorage?: boolean
  readonly cookieCache?: boolean
  /** Every read is due to extend the session. */
  readonly updateAge?: 0
}

/** better-auth with e-mail and password, one user and two values in the session. */
export async function betterAuthSite(
  scope: Scope,
  { secondaryStorage = false, cookieCache = false, updateAge }: BetterAuthSiteOptions = {},
): Promise<
  Site & { readonly enter: () => Promise<Browser>; readonly tenantOf: (browser: Browser, query?: string) => Promise<string | null> }
> {
  const hooks = createHooks()
  const tables = { user: [], session: [], account: [], verification: [], organization: [], member: [], invitation: [] }
  const text = { type: 'string', required: false } as const
  const auth = betterAuth({
    ...common,
    database: hookedDatabase(tables, hooks),
    ...(secondaryStorage && { secondaryStorage: hookedStorage(hooks) }),
    session: {
      additionalFields: { first: text, second: text },
      ...(cookieCache && { cookieCache: { enabled: true, maxAge: 300 } }),
      ...(updateAge !== undefined && { updateAge }),
    },
    plugins: [
      organization(),
      customSession(async (session) => {
        hooks.callback()
        return session
      }),
    ],
  })
  const app = express()
  app.all('/api/auth/{*path}', toNodeHandler(auth))
  const sessionOf = (cookie = '') => auth.api.getSession({ headers: new Headers({ cookie }) })
  app.get('/page', async (request, response) => {
    response.json({ subject: (await sessionOf(request.headers.cookie))?.user.name ?? null })
  })
  app.get('/truthy', async (request, response) => void response.status((await sessionOf(request.headers.cookie)) ? 200 : 401).end())
  const send = await serveExpress(scope, app)
  const person = { email: 'ada@example.com', password: 'a password of the scenarios' }
  const open = () => openBrowser(send, { origin: siteOrigin })

  async function enter(): Promise<Browser> {
    const browser = open()
    await browser.post('/api/auth/sign-in/email', person)
    return browser
  }

  return {
    ...ownRoutes,
    hooks,
    async signIn() {
      const browser = open()
      await browser.post('/api/auth/sign-up/email', { ...person, name: 'ada' })
      return browser
    },
    enter,
    // The library's own route, as its client asks it: null is what it answers when nobody is signed in.
    async me(browser) {
      const response = await browser.get('/api/auth/get-session')
      const answer = (await response.json().catch(() => null)) as { session: object; user: { name: string } } | null
      if (response.status !== 200) return new Response(null, { status: response.status })
      return answer === null ? new Response(null, { status: 401 }) : Response.json({ ...answer.session, subject: answer.user.name })
    },
    set: (browser, key) => browser.post('/api/auth/update-session', { [key]: 'set' }),
    signOut: (browser) => browser.post('/api/auth/sign-out', {}),
    async tenantOf(browser, query = '') {
      const response = await browser.get(`/api/auth/organization/get-full-organization${query}`)
      return response.status === 200 ? (((await response.json()) as { slug: string } | null)?.slug ?? null) : null
    },
  }
}

const common = {
  baseURL: siteOrigin,
  secret: 'a secret of the scenarios, of at least 32 characters',
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
  emailAndPassword: {
    enabled: true,
    // What the password is worth is not the question here, and hashing it takes long.
    password: { hash: async () => 'hash', verify: async () => true },
  },
} satisfies BetterAuthOptions

/** The adapter that comes with it, with hooks at the sessions. */
function hookedDatabase(tables: Record<string, never[]>, hooks: Hooks): ReturnType<typeof memoryAdapter> {
  const make = memoryAdapter(tables)
  return ((options: BetterAuthOptions) => {
    const adapter = make(options)
    return {
      ...adapter,
      findOne: async (query: Parameters<typeof adapter.findOne>[0]) => {
        const found = structuredClone(await adapter.findOne(query))
        if (query.model === 'session') await hooks.storeRead(query.model)
        return found
      },
      update: async (query: Parameters<typeof adapter.update>[0]) => {
        if (query.model === 'session') await hooks.storeWrite(query.model)
        return adapter.update(query)
      },
    }
  }) as ReturnType<typeof memoryAdapter>
}

/** A secondary storage as its documentation shows one. */
function hookedStorage(hooks: Hooks): NonNullable<BetterAuthOptions['secondaryStorage']> {
  const values = new Map<string, string>()
  return {
    async get(key) {
      const found = values.get(key) ?? null
      await hooks.storeRead(key)
      return found
    },
    async set(key, value) {
      await hooks.storeWrite(key)
      values.set(key, value)
    },
    async delete(key) {
      values.delete(key)
    },
    async getAndDelete(key) {
      const value = values.get(key) ?? null
      values.delete(key)
      return value
    },
    async increment(key) {
      const next = Number(values.get(key) ?? 0) + 1
      values.set(key, String(next))
      return next
    },
  }
}
