import { createSessionClient } from '@single-state/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestGateway } from '../../testing/src/test-gateway.ts'
import { acme } from '../src/fixtures/acme.ts'

// Every kind of request by cookie, from every kind of place, over the real gateway.

const person = { entitlements: { plan: 'pro' as const, roles: ['admin'] }, context: { tenant: 'acme' } }

/** `Sec-Fetch-Site` by line, `Origin` by column: absent, the application's own, `null`, somebody else's, one that only looks like ours. */
const matrix: readonly (readonly [site: string | null, isOwn: string])[] = [
  [null, '-+---'],
  ['same-origin', '+++++'],
  ['none', '+++++'],
  ['same-site', '-+---'],
  ['cross-site', '-+---'],
  ['Same-Origin', '-+---'],
]

const contentTypes = [null, 'application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', 'application/json']

type Upgrade = { readonly upgrade?: string; readonly connection?: string }
const methods: readonly (readonly [name: string, method: string, isSafe: boolean, upgrade: Upgrade])[] = [
  ['GET', 'GET', true, {}],
  ['HEAD', 'HEAD', true, {}],
  ['OPTIONS', 'OPTIONS', true, {}],
  ['POST', 'POST', false, {}],
  ['PUT', 'PUT', false, {}],
  ['PATCH', 'PATCH', false, {}],
  ['DELETE', 'DELETE', false, {}],
  ['a method that nobody knows', 'PROPFIND', false, {}],
  ['an upgrade to a WebSocket', 'GET', false, { upgrade: 'websocket', connection: 'Upgrade' }],
]

let gateway: Awaited<ReturnType<typeof createTestGateway<typeof acme>>>
beforeAll(async () => {
  gateway = await createTestGateway(acme, { person })
})
afterAll(() => gateway.close())

describe('a request by cookie', () => {
  it.each(methods)('is judged by where it comes from, whatever it carries: %s', async (_name, method, isSafe, upgrade) => {
    const client = createSessionClient(acme, gateway.optionsFor('portal'))
    const { url, headers } = await gateway.request('portal', { session: await gateway.signIn() })
    const cookie = headers.get('cookie') ?? ''
    const own = new URL(url).origin
    const origins = [null, own, 'null', 'https://evil.example', `${own}.evil.example`]
    for (const [site, isOwn] of matrix) {
      for (const [at, origin] of origins.entries()) {
        for (const contentType of contentTypes) {
          const sent = { cookie, 'sec-fetch-site': site, origin, 'content-type': contentType, ...upgrade }
          const shown = Object.entries(sent).filter((header): header is [string, string] => header[1] !== null)
          const { result } = await client.resolve({ method, url, headers: new Headers(shown) })
          const found = result.status === 'refused' ? result.code : result.status
          expect([site, origin, contentType, found]).toEqual([
            site,
            origin,
            contentType,
            isSafe || isOwn[at] === '+' ? 'active' : 'cross_site',
          ])
        }
      }
    }
  })
})
