import { sessionContextHeader } from '@single-state/core/protocol'
import { CompactSign } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLogoutTokens } from '../../test/logout-tokens.ts'
import { startTestIdp, type TestIdp } from '../../test/test-idp.ts'
import { contract, keyOf, openTestGateway, origin, type TestGateway } from '../fixtures/test-gateway.ts'
import { openTestKeyring } from '../fixtures/test-keyring.ts'
import { oidc } from '../oidc/oidc.ts'
import type { Operation } from './operation.ts'
import { operations } from './operations.ts'

// T-922: every kind of credential in every place of every call. Each is good in one place alone.

const entries = Object.entries(operations) as [string, Operation][]
const guarded = entries.filter(([, { proof }]) => proof !== 'none')
const withToken = entries.filter(([, { proof, actor }]) => proof === 'session' || actor)

const kinds = [
  'session token',
  'application key',
  'hash of an application key',
  'session context of a proxy',
  'logout token',
  'ID token',
  'access token',
  'session claims of another type',
  'session claims without a type',
  'login under way',
  'garbage',
] as const
type Kind = (typeof kinds)[number]

/** A gateway with somebody signed in, and one credential of each kind, each as genuine as its kind can be. */
async function open(overrides: Parameters<typeof openTestGateway>[0] = {}) {
  const gateway = await openTestGateway(overrides)
  const token = await gateway.signIn()
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  const { kid, alg, key } = (await openTestKeyring(gateway)).signing()
  const sign = (typ: string | undefined, said: object = claims) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(said))).setProtectedHeader({ alg, kid, ...(typ && { typ }) }).sign(key)
  const headers = { Cookie: `__Host-session=${token}` }
  const context = (await gateway.call('GET', '/v1/forward-auth/', { as: 'portal', headers })).headers.get(sessionContextHeader)
  const begun = await gateway.gateway.fetch(new Request(`${origin}/login`))
  const { iat, exp, sid } = claims
  const person = { iss: origin, aud: origin, sub: 'ada', iat, exp, sid }
  const made: Record<Kind, string> = {
    'session token': token,
    'application key': keyOf('admin'),
    'hash of an application key': `sha256:${'a'.repeat(64)}`,
    'session context of a proxy': context ?? '',
    'logout token': await sign('logout+jwt', { ...person, events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }),
    'ID token': await sign('JWT', person),
    'access token': await sign('at+jwt', { ...person, client_id: 'portal', scope: 'all' }),
    'session claims of another type': await sign('JWT'),
    'session claims without a type': await sign(undefined),
    'login under way': /=([^;]+)/.exec(begun.headers.getSetCookie()[0] ?? '')?.[1] ?? '',
    garbage: 'g'.repeat(200),
  }
  for (const kind of kinds) expect(made[kind].length).toBeGreaterThan(40)
  return { ...gateway, token, sid: sid as string, made }
}

/** Calls an operation with a body that fits, so that only the credentials can be wrong. */
function ask(gateway: TestGateway & { readonly sid: string }, operation: Operation, shown: { key: string; token?: string }) {
  const path = operation.path.replace(':id', gateway.sid).replace(':name', 'tenantChanged').replace(':issuer', 'i').replace(':subject', 's')
  return gateway.call(operation.method.toUpperCase(), operation.forProxies ? `${path}/` : path, {
    token: shown.token,
    ...(operation.body && { body: bodyFor(path, operation.method) }),
    headers: { Authorization: `Bearer ${shown.key}`, 'Contract-Revision': String(contract.revision), 'If-Match': '"1-AAAAAAAA.AAAAAAAA"' },
  })
}

function bodyFor(path: string, method: string): object {
  if (path === '/v1/reads') return { reads: [{ token: 'none' }] }
  if (path === '/v1/session/token') return {}
  if (path === '/v1/heartbeat') return { epoch: 'e', since: 0, process: 'p' }
  if (path.startsWith('/v1/session/signals')) return { value: { tenant: 'acme' } }
  if (method === 'patch') return { reason: 'tenant.switch', set: { 'context.tenant': 'acme' } }
  if (path === '/v1/sessions') return { reason: 'test', confirm: 'end-all' }
  return { reason: 'test' }
}

async function placeOf({ store, audit }: TestGateway) {
  return { seq: (await store.health()).seq, records: (await audit()).length, keys: (await store.signingKeys()).revision }
}

describe('a credential in the place of an application key', () => {
  it.each(guarded)('%s takes a key and nothing else', async (_name, operation) => {
    const gateway = await open()
    const before = await placeOf(gateway)
    for (const kind of kinds) {
      if (kind === 'application key') continue
      const { status, body } = await ask(gateway, operation, { key: gateway.made[kind], token: gateway.token })
      // A proxy would take 401 for a sign-out.
      expect([kind, status, body.code]).toEqual(
        operation.forProxies ? [kind, 503, 'store_unavailable'] : [kind, 401, 'application_unknown'],
      )
    }
    expect(await placeOf(gateway)).toEqual(before)
    const { body } = await ask(gateway, operation, { key: gateway.made['application key'], token: gateway.token })
    expect(['application_unknown', 'store_unavailable']).not.toContain(body.code)
  })
})

describe('a credential in the place of a session token', () => {
  it.each(withToken)('%s takes a session token and nothing else', async (_name, operation) => {
    const gateway = await open()
    const before = await placeOf(gateway)
    const key = operation.proof === 'operator' ? keyOf('admin') : keyOf('portal')
    for (const kind of kinds) {
      if (kind === 'session token') continue
      const { status, body } = await ask(gateway, operation, { key, token: gateway.made[kind] })
      expect([kind, status, body.code]).toEqual([kind, 401, 'token_invalid'])
    }
    expect(await placeOf(gateway)).toEqual(before)
    const { body } = await ask(gateway, operation, { key, token: gateway.token })
    expect(['token_invalid', 'token_missing']).not.toContain(body.code)
  })

  it('is a session token and nothing else in a batch of reads', async () => {
    const gateway = await open()
    const reads = kinds.map((kind) => ({ token: gateway.made[kind] }))
    const { body } = await gateway.call('POST', '/v1/reads', { as: 'portal', body: { reads } })
    const codes = body.results.map(({ status, problem }: { status: number; problem?: { code: string } }) => problem?.code ?? status)
    expect(Object.fromEntries(kinds.map((kind, at) => [kind, codes[at]]))).toEqual({
      ...Object.fromEntries(kinds.map((kind) => [kind, 'token_invalid'])),
      'session token': 200,
    })
  })
})

describe('a credential in the place of the session cookie', () => {
  it.each(kinds)('says to a proxy who it is only as a session token: %s', async (kind) => {
    const { call, made } = await open()
    const { status } = await call('GET', '/v1/forward-auth/', { as: 'portal', headers: { Cookie: `__Host-session=${made[kind]}` } })
    expect(status).toBe(kind === 'session token' ? 200 : 401)
  })

  it.each(kinds)('signs out only as a session token: %s', async (kind) => {
    const { call, made, read, token } = await open()
    const headers = { Cookie: `__Host-session=${made[kind]}`, Origin: origin, 'Sec-Fetch-Site': 'same-origin' }
    const form = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' }
    expect((await call('POST', '/logout', { headers: form, body: '' })).status).toBe(302)
    expect((await read(token)).status).toBe(kind === 'session token' ? 401 : 200)
  })
})

describe('a credential in the place of a logout token', () => {
  let idp: TestIdp
  beforeAll(async () => {
    idp = await startTestIdp(origin)
  })
  afterAll(() => idp.stop())

  it('is taken when it is a logout token of the provider, and refused when the gateway itself has signed it, whatever it is', async () => {
    const tokens = await createLogoutTokens(idp.issuer)
    idp.spoil(tokens.keySet)
    const { issuer, clientId, clientSecret } = idp
    const { call, made, read, store } = await open({ idp: oidc({ issuer, clientId, clientSecret }) })
    const before = await store.health()
    const statusOf = async (token: string) => {
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
      return (await call('POST', '/backchannel-logout', { headers, body: `logout_token=${encodeURIComponent(token)}` })).status
    }
    for (const kind of kinds) expect([kind, await statusOf(made[kind])]).toEqual([kind, 400])
    expect((await read(made['session token'])).status).toBe(200)
    expect(await store.health()).toMatchObject({ seq: before.seq, endings: before.endings })
    expect(await statusOf(await tokens.token())).toBe(200)
    expect((await store.health()).endings).toBe(before.endings + 1)
  })
})
