import { type Session, type Storage, useSession as sessions, useSessionStorage as storedIn } from '@hono/session'
import { Hono, type MiddlewareHandler } from 'hono'
import { type Browser, openBrowser } from '../browser.ts'
import { createHooks, type Me, ownRoutes, type Site } from '../site.ts'
import { siteOrigin } from './serve-express.ts'

/** @hono/session with its sessions in a storage. */
export function honoSessionSite(before?: MiddlewareHandler): Site & { readonly revoke: (browser: Browser) => Promise<void> } {
  const hooks = createHooks()
  const stored = new Map<string, Me>()
  const storage: Storage<Me> = {
    async get(id) {
      await hooks.storeRead(id)
      return stored.get(id) ?? null
    },
    async set(id, data) {
      await hooks.storeWrite(id)
      stored.set(id, data)
    },
    delete: (id) => void stored.delete(id),
  }
  const app = new Hono<{ Variables: { session: Session<Me> } }>()
  app.onError((_, context) => context.body(null, 500))
  if (before) app.use(before)
  app.use(storedIn(storage as never), sessions({ secret: 'a secret of the scenarios 32 bytes' }) as never)
  app.post('/sign-in', async (context) => {
    await context.var.session.update({ subject: 'ada' })
    return context.body(null)
  })
  app.get('/me', async (context) => {
    const me = await context.var.session.get()
    return me ? context.json(me) : context.body(null, 401)
  })
  app.get('/page', async (context) => context.json({ subject: (await context.var.session.get())?.subject ?? null }))
  app.post('/set', async (context) => {
    const { session } = context.var
    if (!(await session.get())) return context.body(null, 401)
    await session.update((me) => ({ ...(me as Me), [context.req.query('key') as string]: 'set' }))
    await hooks.meanwhile()
    return context.json('saved')
  })
  app.post('/sign-out', async (context) => {
    await context.var.session.get()
    context.var.session.delete()
    return context.body(null)
  })
  return {
    ...ownRoutes,
    hooks,
    async signIn() {
      const browser = openBrowser(async (path, init) => app.request(`${siteOrigin}${path}`, init))
      await browser.post('/sign-in')
      return browser
    },
    async revoke() {
      stored.clear()
    },
  }
}
