import { describe, expect, it } from 'vitest'
import { contract, keyOf, openTestGateway, origin } from '../src/fixtures/test-gateway.ts'
import type { Operation } from '../src/routes/operation.ts'
import { operations } from '../src/routes/operations.ts'

// What the gateway takes from a browser: only what its own pages, or those of an application, have asked it for.

const application = 'http://localhost:4410'
const origins = [null, origin, application, 'null', 'https://evil.example', `${origin}.evil.example`] as const

/** `Sec-Fetch-Site` by line, `Origin` by column, as in `origins`. */
const matrix: readonly (readonly [site: string | null, isOwn: string])[] = [
  [null, '-++---'],
  ['same-origin', '++++++'],
  ['none', '++++++'],
  ['same-site', '-++---'],
  ['cross-site', '-++---'],
]

const contentTypes = ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', 'application/json']

describe('POST /logout', () => {
  it.each(matrix)(
    'ends a session for pages of the gateway and of applications alone, whatever it carries: from %s',
    async (site, isOwn) => {
      const { call, signIn, read } = await openTestGateway()
      for (const [at, from] of origins.entries()) {
        for (const contentType of contentTypes) {
          const token = await signIn()
          const headers = {
            Cookie: `__Host-session=${token}`,
            'Content-Type': contentType,
            ...(site !== null && { 'Sec-Fetch-Site': site }),
            ...(from !== null && { Origin: from }),
          }
          const answer = await call('POST', '/logout', { headers, body: 'a=b' })
          const isLetIn = isOwn[at] === '+'
          expect([from, contentType, answer.status === 403]).toEqual([from, contentType, !isLetIn])
          expect([from, contentType, (await read(token)).status]).toEqual([from, contentType, isLetIn ? 401 : 200])
          expect(answer.headers.has('set-cookie')).toBe(isLetIn)
        }
      }
    },
  )

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'])('is not done by %s', async (method) => {
    const { call, signIn, read } = await openTestGateway()
    const token = await signIn()
    const headers = { Cookie: `__Host-session=${token}`, Origin: origin, 'Sec-Fetch-Site': 'same-origin' }
    expect((await call(method, '/logout', { headers })).headers.get('set-cookie')).toBeNull()
    expect((await read(token)).status).toBe(200)
  })
})

const entries = Object.entries(operations) as [string, Operation][]

describe('the calls of applications', () => {
  it.each(entries.filter(([, { proof }]) => proof === 'session'))('take no cookie for a session: %s', async (_name, operation) => {
    const { call, signIn, read, audit } = await openTestGateway()
    const token = await signIn()
    const before = (await audit()).length
    const path = operation.path.replace(':name', 'tenantChanged')
    const bodies: Readonly<Record<string, object>> = {
      '/v1/session/token': {},
      '/v1/session/signals/tenantChanged': { value: { tenant: 'acme' } },
    }
    const change = { reason: 'tenant.switch', ...(operation.method === 'patch' && { set: { 'context.tenant': 'acme' } }) }
    const answer = await call(operation.method.toUpperCase(), path, {
      ...(operation.body && { body: bodies[path] ?? change }),
      headers: {
        Cookie: `__Host-session=${token}`,
        Authorization: `Bearer ${keyOf('portal')}`,
        'Contract-Revision': String(contract.revision),
        'If-Match': '*',
      },
    })
    expect([answer.status, answer.body.code]).toEqual([401, 'token_missing'])
    expect((await audit()).length).toBe(before)
    expect((await read(token)).body.document.version).toBe(1)
  })

  it.each(entries)('allow no other origin: %s', async (_name, operation) => {
    const { call } = await openTestGateway()
    const preflight = { Origin: application, 'Access-Control-Request-Method': operation.method.toUpperCase() }
    const path = operation.path.replaceAll(/:\w+/g, 'x')
    for (const method of ['OPTIONS', operation.method.toUpperCase()]) {
      const { headers } = await call(method, path, {
        as: 'portal',
        headers: preflight,
        ...(operation.body && method !== 'OPTIONS' && { body: {} }),
      })
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })
})
