import express, { type Request, type Response } from 'express'
import { getIronSession } from 'iron-session'
import { openBrowser } from '../browser.ts'
import type { Scope } from '../scope.ts'
import { createHooks, type Key, type Me, ownRoutes, type Site } from '../site.ts'
import { serveExpress } from './serve-express.ts'

type Content = { -readonly [K in keyof Me]?: Me[K] }

/** iron-session: the whole session is in the sealed cookie. */
export async function ironSessionSite(scope: Scope): Promise<Site> {
  const hooks = createHooks()
  const options = { cookieName: 'iron', password: 'a password of the scenarios, of 32 characters', cookieOptions: { secure: false } }
  const sessionOf = (request: Request, response: Response) => getIronSession<Content>(request, response, options)
  const app = express()
  app.post('/sign-in', async (request, response) => {
    const session = await sessionOf(request, response)
    session.subject = 'ada'
    await session.save()
    response.end()
  })
  app.get('/me', async (request, response) => {
    const session = await sessionOf(request, response)
    if (session.subject === undefined) return void response.status(401).end()
    response.json(session)
  })
  app.post('/set', async (request, response) => {
    const session = await sessionOf(request, response)
    if (session.subject === undefined) return void response.status(401).end()
    await hooks.meanwhile()
    session[request.query['key'] as Key] = 'set'
    await session.save()
    response.json('saved')
  })
  app.post('/sign-out', async (request, response) => {
    const session = await sessionOf(request, response)
    session.destroy()
    response.end()
  })
  const send = await serveExpress(scope, app)
  return {
    ...ownRoutes,
    hooks,
    async signIn() {
      const browser = openBrowser(send)
      await browser.post('/sign-in')
      return browser
    },
  }
}
