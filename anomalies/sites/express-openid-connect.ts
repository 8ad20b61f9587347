import { randomUUID } from 'node:crypto'
import express, { type RequestHandler } from 'express'
import openid from 'express-openid-connect'
import { openBrowser } from '../browser.ts'
import type { Scope } from '../scope.ts'
import { createHooks, type Key, ownRoutes, type Site } from '../site.ts'
import { discovery, issuer } from './discovery.ts'
import { serveExpress, siteOrigin } from './serve-express.ts'

/** Where its documentation says that the session is. */
const sessionOf = (request: object) => (request as { readonly appSession: Record<Key, string> }).appSession

type Stored = Parameters<openid.SessionStore['set']>[1]

/** express-openid-connect with its sessions in a store, as it has those of express-session. */
export async function expressOpenidConnectSite(
  scope: Scope,
  { before }: { readonly before?: RequestHandler } = {},
): Promise<Site & { readonly revoke: () => Promise<void> }> {
  const hooks = createHooks()
  const sessions = new Map<string, string>()
  const store: openid.SessionStore = {
    get(id, callback) {
      hooks.storeRead(id).then(() => callback(null, sessions.has(id) ? JSON.parse(sessions.get(id) as string) : null), callback)
    },
    set(id, session, callback) {
      hooks.storeWrite(id).then(() => {
        sessions.set(id, JSON.stringify(session))
        callback?.(null)
      }, callback)
    },
    destroy(id, callback) {
      sessions.delete(id)
      callback?.(null)
    },
  }
  const app = express()
  if (before) app.use(before)
  const options: openid.ConfigParams = {
    issuerBaseURL: issuer,
    customFetch: discovery,
    baseURL: siteOrigin,
    clientID: 'client',
    clientSecret: 'secret',
    authorizationParams: { response_type: 'code', scope: 'openid' },
    secret: 'a secret of the scenarios, of 32 characters',
    authRequired: false,
    enableTelemetry: false,
    session: { store, cookie: { secure: false } },
  }
  app.use(openid.auth(options))
  app.get('/me', openid.requiresAuth(), (request, response) => {
    const { first, second } = sessionOf(request)
    response.json({ subject: request.oidc.user?.['sub'], first, second })
  })
  app.get('/page', (request, response) => void response.json({ subject: request.oidc.user?.['sub'] ?? null }))
  app.post('/set', openid.requiresAuth(), async (request, response) => {
    const session = sessionOf(request)
    await hooks.meanwhile()
    session[request.query['key'] as Key] = 'set'
    response.json('saved')
  })
  const send = await serveExpress(scope, app)
  return {
    ...ownRoutes,
    signOut: (browser) => browser.get('/logout'),
    hooks,
    async signIn() {
      const browser = openBrowser(send, { accept: 'application/json' })
      const id = randomUUID()
      const iat = Math.floor(Date.now() / 1_000)
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const idToken = `${part({ alg: 'RS256' })}.${part({ sub: 'ada', iss: issuer, aud: 'client', iat, exp: iat + 3_600 })}.`
      const session = { header: { iat, uat: iat, exp: iat + 3_600 }, data: { id_token: idToken } }
      sessions.set(id, JSON.stringify(session as unknown as Stored))
      browser.take([`appSession=${id}; Path=/`])
      return browser
    },
    async revoke() {
      sessions.clear()
    },
  }
}
