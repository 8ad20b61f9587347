import express, { type RequestHandler } from 'express'
import expressSession from 'express-session'
import { type Browser, openBrowser } from '../browser.ts'
import type { Scope } from '../scope.ts'
import { createHooks, type Hooks, type Key, ownRoutes, type Site } from '../site.ts'
import { serveExpress } from './serve-express.ts'

declare module 'express-session' {
  interface SessionData {
    subject?: string
    first?: string
    second?: string
  }
}

/** What a scenario may set. */
interface ExpressSessionOptions {
  /** Goes before the session's middleware. */
  readonly before?: RequestHandler
  /** The handler saves by itself and answers when that is done, as the documentation shows for redirects. */
  readonly explicitSave?: boolean
}

/** The store that comes with it, reached through its documented methods. */
function hookedStore(hooks: Hooks): expressSession.Store {
  return new (class extends expressSession.MemoryStore {
    override get(id: string, callback: (error: unknown, session?: expressSession.SessionData | null) => void): void {
      hooks.storeRead(id).then(() => super.get(id, callback), callback)
    }
    override set(id: string, session: expressSession.SessionData, callback?: (error?: unknown) => void): void {
      hooks.storeWrite(id).then(() => super.set(id, session, callback), callback)
    }
    override touch(id: string, session: expressSession.SessionData, callback?: () => void): void {
      hooks.storeWrite(id).then(() => super.touch(id, session, callback), callback)
    }
  })()
}

/** express-session, with `resave` and `saveUninitialized` off as its documentation advises. */
export async function expressSessionSite(
  scope: Scope,
  { before, explicitSave = false }: ExpressSessionOptions = {},
): Promise<Site & { readonly store: expressSession.Store; readonly revoke: (browser: Browser) => Promise<void> }> {
  const hooks = createHooks()
  const store = hookedStore(hooks)
  const app = express()
  if (before) app.use(before)
  app.use(expressSession({ store, secret: 'a secret of the scenarios', resave: false, saveUninitialized: false }))
  app.post('/sign-in', (request, response, next) => {
    request.session.regenerate((error) => {
      if (error) return next(error)
      request.session.subject = 'ada'
      response.end()
    })
  })
  app.get('/me', (request, response) => {
    if (request.session?.subject === undefined) return void response.status(401).end()
    const { subject, first, second } = request.session
    response.json({ subject, first, second })
  })
  app.get('/page', (request, response) => void response.json({ subject: request.session?.subject ?? null }))
  app.post('/set', async (request, response, next) => {
    if (request.session?.subject === undefined) return void response.status(401).end()
    await hooks.meanwhile()
    request.session[request.query['key'] as Key] = 'set'
    if (!explicitSave) return void response.json('saved')
    request.session.save((error) => (error ? next(error) : response.json('saved')))
  })
  app.post('/sign-out', (request, response, next) => {
    request.session.destroy((error) => (error ? next(error) : response.end()))
  })
  const send = await serveExpress(scope, app)
  return {
    ...ownRoutes,
    hooks,
    store,
    async signIn() {
      const browser = openBrowser(send)
      await browser.post('/sign-in')
      return browser
    },
    revoke: (browser) => new Promise((resolve) => store.destroy(idOf(browser), () => resolve())),
  }
}

/** `connect.sid=s:<id>.<signature>` */
function idOf(browser: Browser): string {
  return /s:([^.]+)\./.exec(decodeURIComponent(browser.cookie()))?.[1] ?? ''
}
