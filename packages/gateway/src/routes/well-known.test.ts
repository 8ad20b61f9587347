import { createLocalJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { keyOf, openTestGateway, origin } from '../fixtures/test-gateway.ts'
import { oidc } from '../oidc/oidc.ts'
import { operations } from './operations.ts'

describe('GET /v1/application', () => {
  it('tells an application what it needs to know of the gateway, and nothing of the others', async () => {
    const { call } = await openTestGateway()
    expect((await call('GET', '/v1/application', { as: 'billing' })).body).toEqual({
      application: 'billing',
      contract: { name: 'acme', revision: 3 },
      cookie: { name: '__Host-session', domain: null },
      issuer: origin,
      loginUrl: `${origin}/login`,
      logoutUrl: `${origin}/logout`,
      origins: ['http://localhost:4411'],
      lease: null,
    })
  })
})

describe('the key set', () => {
  it('verifies a token without the gateway, and holds no private part', async () => {
    const { call, signIn, now } = await openTestGateway()
    const token = await signIn()
    const { body } = await call('GET', '/.well-known/jwks.json')
    expect(Object.keys(body.keys[0]).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
    const options = { issuer: origin, audience: origin, typ: 'session+jwt', algorithms: ['EdDSA'], currentDate: new Date(now()) }
    const { payload } = await jwtVerify(token, createLocalJWKSet(body), options)
    expect(payload).toMatchObject({ gen: 1, exp: (payload.iat ?? 0) + 300 })
    expect(payload).not.toHaveProperty('sub')
  })
})

describe('health', () => {
  it('is alive and not ready while the store is away', async () => {
    const { call, store } = await openTestGateway()
    expect((await call('GET', '/readyz')).body).toEqual({ status: 'ok' })
    await store.close()
    expect((await call('GET', '/healthz')).body).toEqual({ status: 'ok' })
    const ready = await call('GET', '/readyz')
    expect([ready.status, ready.body.code, ready.headers.get('retry-after')]).toEqual([503, 'store_unavailable', '1'])
  })

  it('is not ready while the store takes no writes', async () => {
    const { store } = await openTestGateway()
    const readOnly = { ...store, health: async () => ({ ...(await store.health()), writable: false }) }
    expect((await (await openTestGateway({ store: readOnly })).call('GET', '/readyz')).status).toBe(503)
  })
})

describe('the OpenAPI document', () => {
  it('describes every call of the table with the codes that it can be refused for', async () => {
    const { call } = await openTestGateway()
    const { body } = await call('GET', '/openapi.json')
    expect(body.openapi).toBe('3.1.0')
    for (const { path, method } of Object.values(operations)) {
      expect(body.paths[path.replaceAll(/:(\w+)/g, '{$1}')], path).toHaveProperty(method)
    }
    const patch = body.paths['/v1/session'].patch
    expect(patch.responses['412'].description).toBe('version_conflict')
    expect(patch.responses['403'].description).toBe('write_denied')
    expect(patch.parameters.map(({ name }: { name: string }) => name)).toEqual(['Contract-Revision', 'If-Match', 'Idempotency-Key'])
  })

  it('says where the token of the person who acts may be shown, and what it can be refused for', async () => {
    const { call } = await openTestGateway()
    const { paths } = (await call('GET', '/openapi.json')).body
    const { security, responses } = paths['/v1/sessions/{id}'].delete
    expect(security).toEqual([{ application: [] }, { application: [], session: [] }])
    expect(responses['401'].description).toContain('session_ended')
    // A header that is there and empty.
    expect(responses['401'].description).toContain('token_missing')
    expect(paths['/v1/audit'].get.security).toEqual([{ application: [] }])
    expect(paths['/v1/session'].get.security).toEqual([{ application: [], session: [] }])
    expect(paths['/healthz'].get.security).toEqual([])
  })

  it('refers to nothing that it does not hold, and describes the bodies by the schemas that judge them', async () => {
    const { call } = await openTestGateway()
    const { body } = await call('GET', '/openapi.json')
    const { schemas } = body.components
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name as string)
    expect(references.length).toBeGreaterThan(20)
    for (const name of references) expect(schemas, name).toHaveProperty(name)
    expect(schemas.ReadSessionsRequest.properties.reads).toMatchObject({ minItems: 1, maxItems: 128 })
    expect(schemas.SessionDocument.required).toEqual(['id', 'version', 'contract', 'createdAt', 'expiresAt'])
  })
})

describe('every answer', () => {
  it.each([
    ['a document', '/healthz', 200],
    ['a refusal', '/v1/session', 400],
    ['nothing at all', '/nowhere', 404],
  ])('is kept by no cache, sniffed by nobody and framed by nothing: %s', async (_, path, status) => {
    const { gateway } = await openTestGateway()
    const response = await gateway.fetch(new Request(origin + path))
    expect(response.status).toBe(status)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    })
    expect(response.headers.has('strict-transport-security')).toBe(false)
  })

  it('keeps browsers on https where the gateway is', async () => {
    const pageless = (name: string) => ({ key: keyOf(name), origins: [] })
    const applications = { portal: pageless('portal'), billing: pageless('billing'), desk: pageless('desk'), admin: pageless('admin') }
    const idp = oidc({ issuer: 'https://login.example.com', clientId: 'gateway' })
    const { gateway } = await openTestGateway({ origin: 'https://session.example.com', idp, applications })
    const response = await gateway.fetch(new Request('https://session.example.com/healthz'))
    expect(response.headers.get('strict-transport-security')).toBe('max-age=31536000')
  })

  it('names the methods of an address that does not have the one that was used', async () => {
    const { call } = await openTestGateway()
    const answer = await call('POST', '/v1/session', { as: 'portal' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, PATCH, DELETE'])
  })
})
