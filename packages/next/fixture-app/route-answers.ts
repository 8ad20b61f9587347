import { redirect } from 'next/navigation'
import type { NextRequest } from 'next/server'
import { pause, sessionOf } from './session.ts'

type Handler = (request: NextRequest, context: { params: Promise<{ path: string[] }> }) => Promise<Response>

/** The routes of the adapter contract as route handlers. */
export function routeHandlers(): Record<string, Handler> {
  return { ...requirements(), ...reads(), ...writes() }
}

function requirements(): Record<string, Handler> {
  const session = sessionOf()
  const { route } = session
  const show: Parameters<typeof route<{ path: string[] }>>[1] = (_request, context) => Response.json({ session: context.session })
  const breakRule = (): boolean => {
    throw new Error('broken rule')
  }
  return {
    'GET /required': route(show),
    'POST /required': route(show),
    'GET /nested/required': session.publicRoute(route(show)),
    'GET /admins': route({ where: ({ entitlements }) => entitlements.roles.includes('admin') }, show),
    'GET /broken-rule': route({ where: breakRule }, show),
    'GET /acme': route({ expect: { 'context.tenant': 'acme' } }, show),
    'GET /tenants/acme': route(expectTenant, show),
    'GET /tenants/globex': route(expectTenant, show),
    // As JavaScript without a compiler would get it wrong.
    'GET /nothing-asked': route((() => undefined) as never, show),
    'GET /transfer': route({ assurance: { acr: 'urn:mfa', maxAge: '5m' } }, show),
    'GET /recent': route({ freshness: { maxAge: '5s' } }, show),
    'GET /grace': route({ outageGrace: '10s' }, show),
    'GET /fresh': route({ fresh: true, outageGrace: '10s' }, show),
    'GET /cacheable-required': route((_request, context) => Response.json({ session: context.session }, cacheableByNetworks)),
    'GET /paused': route(async (_request, { session: held }) => {
      await pause()
      return Response.json({ held, read: await session.get() })
    }),
  }
}

function reads(): Record<string, Handler> {
  const session = sessionOf()
  const get = (init?: ResponseInit) => session.publicRoute(async () => Response.json({ session: await session.get() }, init))
  return {
    'GET /untouched': session.publicRoute(() => Response.json({ ok: true })),
    'GET /whoami': get(),
    'GET /resolved': session.publicRoute(async () => Response.json(await session.resolve())),
    'GET /thrice': session.publicRoute(async () => {
      const atOnce = await Promise.all([session.get(), session.get()])
      return Response.json({ sessions: [...atOnce, await session.get()] })
    }),
    'GET /own-cookie': get({ headers: [['set-cookie', 'theme=dark']] }),
    'GET /two-cookies': get({
      headers: [
        ['set-cookie', 'theme=dark'],
        ['set-cookie', 'size=large'],
      ],
    }),
    'GET /cacheable': get(cacheable),
    'GET /revalidated': get({ headers: { 'cache-control': 'no-cache' } }),
    'GET /varies': get({ headers: { vary: 'Accept-Language' } }),
    'GET /throws': session.publicRoute(async () => {
      await session.get()
      throw new Error('broken handler')
    }),
  }
}

function writes(): Record<string, Handler> {
  const session = sessionOf()
  const { publicRoute } = session
  const countVisit = () => session.update('visit.count', ({ context }) => ({ 'context.visits': context.visits + 1 }))
  return {
    'POST /tenant': publicRoute(async () =>
      Response.json({ session: await session.update('tenant.switch', { 'context.tenant': 'globex' }) }),
    ),
    'POST /visits': publicRoute(async () => Response.json({ session: await countVisit() })),
    'POST /grace': session.route({ outageGrace: '10s' }, async () => Response.json({ session: await countVisit() })),
    'POST /visit-and-look': publicRoute(async () => {
      const before = await session.get()
      await countVisit()
      return Response.json({ before, after: await session.get() })
    }),
    'POST /announce': publicRoute(async () => {
      await session.publish('tenantChanged', { tenant: 'globex' })
      return Response.json({ session: await session.get() })
    }),
    'POST /leave': publicRoute(async () => {
      await session.signOut()
      redirect('/static-page')
    }),
    'GET /bare': async () => Response.json({ session: await session.get() }, cacheable),
    'GET /bare-by-networks': async () => Response.json({ session: await session.get() }, cacheableByNetworks),
    'POST /bare': async () => Response.json({ session: await session.get() }),
    'POST /sign-out': publicRoute(async () => {
      await session.signOut()
      return Response.json({ session: await session.get() })
    }),
  }
}

const cacheable = { headers: { 'cache-control': 'public, max-age=60' } }
const cacheableByNetworks = { headers: { ...cacheable.headers, 'cdn-cache-control': 'max-age=600' } }

async function expectTenant(_request: NextRequest, { params }: { params: Promise<{ path: string[] }> }) {
  return { expect: { 'context.tenant': (await params).path[1] ?? '' } }
}
