import { Auth0Client } from '@auth0/nextjs-auth0/server'
import { generateSessionCookie } from '@auth0/nextjs-auth0/testing'
import type { SessionData } from '@auth0/nextjs-auth0/types'
import { NextRequest, NextResponse } from 'next/server.js'
import { type Browser, openBrowser, type Send } from '../browser.ts'
import type { Scope } from '../scope.ts'
import { createHooks, ownRoutes, type Site } from '../site.ts'
import { discovery, issuer } from './discovery.ts'
import { siteOrigin } from './serve-express.ts'

/** What a scenario may set. */
interface NextjsAuth0Options {
  /** The store has the optional conditional `update`. */
  readonly update?: boolean
}

const secret = 'a0'.repeat(32)

/** @auth0/nextjs-auth0 with its sessions in a store: the proxy, and a route handler, as Next.js calls them. */
export async function nextjsAuth0Site(
  scope: Scope,
  { update = false }: NextjsAuth0Options = {},
): Promise<Site & { readonly revoke: () => Promise<void>; readonly roll: (browser: Browser) => Promise<Response> }> {
  const hooks = createHooks()
  const sessions = new Map<string, SessionData>()
  // It takes the platform's fetch when it is made, and offers no other.
  const { fetch } = globalThis
  globalThis.fetch = discovery
  scope.defer(() => {
    globalThis.fetch = fetch
  })
  const auth0 = new Auth0Client({
    domain: new URL(issuer).host,
    clientId: 'client',
    clientSecret: 'secret',
    appBaseUrl: siteOrigin,
    secret,
    enableTelemetry: false,
    sessionStore: {
      async get(id) {
        await hooks.storeRead(id)
        return sessions.get(id) ?? null
      },
      async set(id, session) {
        await hooks.storeWrite(id)
        sessions.set(id, session)
      },
      ...(update && {
        async update(id: string, session: SessionData) {
          await hooks.storeWrite(id)
          if (!sessions.has(id)) return false
          sessions.set(id, session)
          return true
        },
      }),
      async delete(id) {
        sessions.delete(id)
      },
    },
  })

  async function handle(request: NextRequest): Promise<Response> {
    const { pathname, searchParams } = request.nextUrl
    if (pathname.startsWith('/auth/') || pathname === '/roll') return auth0.middleware(request)
    const session = await auth0.getSession(request)
    if (pathname === '/page') return Response.json({ subject: session?.user.sub ?? null })
    if (!session) return new Response(null, { status: 401 })
    const { first, second } = session
    if (pathname === '/me') return Response.json({ subject: session.user.sub, first, second })
    await hooks.meanwhile()
    const response = NextResponse.json('saved')
    await auth0.updateSession(request, response, { ...session, [searchParams.get('key') ?? '']: 'set' })
    return response
  }

  // As Next.js does with what a handler throws.
  const send: Send = (path, init) => handle(new NextRequest(`${siteOrigin}${path}`, init)).catch(() => new Response(null, { status: 500 }))
  return {
    ...ownRoutes,
    signOut: (browser) => browser.get('/auth/logout'),
    hooks,
    async signIn() {
      const browser = openBrowser(send)
      const nowSeconds = Math.floor(Date.now() / 1_000)
      const tokenSet = { accessToken: 'access', expiresAt: nowSeconds + 3_600 }
      sessions.set('session', { user: { sub: 'ada' }, tokenSet, internal: { sid: 'sid', createdAt: nowSeconds } })
      const cookie = await generateSessionCookie({ id: 'session' } as never, { secret })
      browser.take([`__session=${cookie}; Path=/`])
      return browser
    },
    async revoke() {
      sessions.clear()
    },
    roll: (browser) => browser.get('/roll'),
  }
}
