import type { Adapter, AdapterSession, AdapterUser } from '@auth/core/adapters'
import { encode } from '@auth/core/jwt'
import { ExpressAuth, type ExpressAuthConfig, getSession } from '@auth/express'
import express from 'express'
import { type Browser, openBrowser } from '../browser.ts'
import type { Scope } from '../scope.ts'
import { createHooks, type Hooks, ownRoutes, type Site } from '../site.ts'
import { serveExpress } from './serve-express.ts'

const secret = 'a secret of the scenarios, of at least 32 characters'
const cookieName = 'authjs.session-token'

/** What a scenario may set. */
interface AuthCoreOptions {
  /** Where sessions are. */
  readonly strategy: 'jwt' | 'database'
  /** Instead of the callback that copies the values of an update. */
  readonly jwt?: NonNullable<NonNullable<ExpressAuthConfig['callbacks']>['jwt']>
}

/** @auth/core as its package for Express mounts it; a browser asks it at `/auth/session`, as its client does. */
export async function authCoreSite(
  scope: Scope,
  { strategy, jwt }: AuthCoreOptions,
): Promise<Site & { readonly client: (browser: Browser) => Promise<Response>; readonly misconfigure: () => void }> {
  const hooks = createHooks()
  const config: ExpressAuthConfig = {
    providers: [],
    secret,
    trustHost: true,
    basePath: '/auth',
    session: { strategy },
    logger: { error: () => {}, warn: () => {}, debug: () => {} },
    ...(strategy === 'database' && { adapter: hookedAdapter(hooks) }),
    callbacks: {
      jwt:
        jwt ??
        (async ({ token, trigger, session }) => {
          hooks.callback()
          if (trigger !== 'update') return token
          await hooks.meanwhile()
          return { ...token, ...(session as object) }
        }),
      session: ({ session, token }) => (token ? { ...session, ...token } : session),
    },
  }
  const app = express()
  // As a pattern with a group: the package takes its base path from what the group matches.
  app.use(/^\/auth\/(.*)/, ExpressAuth(config))
  app.get('/me', async (request, response) => {
    const session = (await getSession(request, config)) as { readonly sub?: string; readonly user?: { readonly name?: string } } | null
    if (!session) return void response.status(401).end()
    response.json({ ...session, subject: session.sub ?? session.user?.name })
  })
  app.get('/page', async (request, response) => {
    response.json({ subject: (await getSession(request, config))?.user?.name ?? null })
  })
  app.get('/truthy', async (request, response) => void response.status((await getSession(request, config)) ? 200 : 401).end())
  const send = await serveExpress(scope, app)
  const csrf = async (browser: Browser) => ((await (await browser.get('/auth/csrf')).json()) as { readonly csrfToken: string }).csrfToken
  return {
    ...ownRoutes,
    hooks,
    async signIn() {
      const browser = openBrowser(send)
      const token = strategy === 'database' ? 'session' : await encode({ token: { sub: 'ada', name: 'ada' }, secret, salt: cookieName })
      browser.take([`${cookieName}=${token}; Path=/`])
      await browser.get('/auth/csrf')
      return browser
    },
    set: async (browser, key) => browser.post('/auth/session', { csrfToken: await csrf(browser), data: { [key]: 'set' } }),
    signOut: async (browser) => browser.post('/auth/signout', { csrfToken: await csrf(browser) }),
    client: (browser) => browser.get('/auth/session'),
    misconfigure: () => {
      config.trustHost = false
    },
  }
}

/** An adapter with one session, hooked where it is read and written. */
function hookedAdapter(hooks: Hooks): Adapter {
  const user: AdapterUser = { id: 'ada', name: 'ada', email: 'ada@example.com', emailVerified: null }
  const sessions = new Map<string, AdapterSession>()
  sessions.set('session', { sessionToken: 'session', userId: 'ada', expires: new Date(Date.now() + 30 * 86_400_000) })
  return {
    async getSessionAndUser(token) {
      await hooks.storeRead(token)
      const session = sessions.get(token)
      return session ? { session, user } : null
    },
    async updateSession(change) {
      await hooks.storeWrite(change.sessionToken)
      const session = sessions.get(change.sessionToken)
      if (session) sessions.set(change.sessionToken, { ...session, ...change })
      return sessions.get(change.sessionToken)
    },
    createSession: async (session) => session,
    async deleteSession(token) {
      sessions.delete(token)
    },
    createUser: async () => user,
    getUser: async () => user,
    getUserByEmail: async () => user,
    getUserByAccount: async () => user,
    updateUser: async () => user,
    linkAccount: async () => undefined,
  }
}
