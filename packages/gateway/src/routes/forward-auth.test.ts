import { SessionError } from '@single-state/core/errors'
import { verifyToken } from '@single-state/core/protocol'
import { describe, expect, it } from 'vitest'
import { keyOf, openTestGateway, origin, startMs, type TestGateway } from '../fixtures/test-gateway.ts'
import { memoryStore } from '../stores/memory.ts'

const name = '__Host-session'

/** Asks as a proxy of `portal` does about a request with this cookie. */
function ask(
  gateway: Pick<TestGateway, 'gateway'>,
  token: string | null,
  headers: Record<string, string> = {},
  path = '/v1/forward-auth',
  method = 'GET',
) {
  const sent = { Authorization: `Bearer ${keyOf('portal')}`, ...(token !== null && { Cookie: `theme=dark; ${name}=${token}` }), ...headers }
  return gateway.gateway.fetch(new Request(origin + path, { method, headers: sent }))
}

// biome-ignore lint/suspicious/noExplicitAny: claims of every kind are looked into.
function claimsOf(response: Response): { readonly header: any; readonly claims: any } {
  const [header = '', claims = ''] = (response.headers.get('session-context') ?? '').split('.')
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  return { header: decode(header), claims: decode(claims) }
}

const cookieOf = (response: Response) => new RegExp(`^${name}=([^;]+);`).exec(response.headers.get('set-cookie') ?? '')?.[1] ?? ''

async function refusal(response: Response) {
  expect(response.headers.has('session-context')).toBe(false)
  expect(response.headers.getSetCookie()).toEqual([])
  expect(response.headers.get('cache-control')).toContain('no-store')
  expect(response.headers.get('vary')).toContain('Cookie')
  return [response.status, (await response.json()).code]
}

describe('GET /v1/forward-auth', () => {
  it.each(['/caf%E9', '/a%2Fb', '//a', '/%00', '/a%'])('has no opinion on the path that a proxy asks about: %s', async (path) => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn()
    expect((await ask(gateway, token, {}, `/v1/forward-auth${path}`)).status).toBe(200)
    expect((await ask(gateway, null, {}, `/v1/forward-auth${path}`)).status).toBe(401)
  })

  it('answers what the application would read, signed for it and for five seconds', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn('ada', { roles: ['x'] })
    const response = await ask(gateway, token)
    expect([response.status, response.headers.get('cache-control'), response.headers.getSetCookie()]).toEqual([
      200,
      'private, no-store',
      [],
    ])
    expect(response.headers.get('vary')).toBe('Cookie, Authorization, Session-Token')
    const read = await gateway.read(token)
    const { header, claims } = claimsOf(response)
    expect(header).toMatchObject({ alg: 'EdDSA', typ: 'session-context+jwt' })
    expect(claims).toEqual({
      iss: origin,
      aud: 'portal',
      gen: 1,
      iat: Math.floor(startMs / 1_000),
      exp: Math.floor(startMs / 1_000) + 5,
      document: read.body.document,
      etag: read.headers.get('etag'),
      seq: Number(read.headers.get('store-seq')),
      epoch: read.headers.get('store-epoch'),
    })
  })

  it('shows each application its own projection', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn('ada')
    const { claims } = claimsOf(await ask(gateway, token, { Authorization: `Bearer ${keyOf('billing')}` }))
    expect(claims.aud).toBe('billing')
    expect(claims.document.identity).toEqual({ subject: 'ada' })
    expect(claims.document).toEqual((await gateway.read(token, 'billing')).body.document)
  })

  it('answers every method and every address below, as some proxies ask', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn('ada')
    for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']) {
      for (const path of ['/v1/forward-auth', '/v1/forward-auth/', '/v1/forward-auth/invoices/7?page=2']) {
        expect([method, path, (await ask(gateway, token, {}, path, method)).status]).toEqual([method, path, 200])
        expect((await ask(gateway, null, {}, path, method)).status).toBe(401)
      }
    }
  })

  it('takes nothing but the cookie for the session', async () => {
    const gateway = await openTestGateway()
    const bob = await gateway.signIn('bob')
    const spoofed = { 'Session-Token': bob, 'Session-Context': (await ask(gateway, bob)).headers.get('session-context') ?? '' }
    expect(await refusal(await ask(gateway, null, spoofed))).toEqual([401, 'token_missing'])
    expect(claimsOf(await ask(gateway, await gateway.signIn('ada'), spoofed)).claims.document.identity.subject).toBe('ada')
  })

  it('confirms the token as a read does', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn('ada')
    const successor = (await gateway.exchange(token)).body.token
    expect((await ask(gateway, successor)).status).toBe(200)
    gateway.advance(10_000)
    expect((await gateway.exchange(token)).body.code).toBe('token_reused')
  })

  it('is no token, nor is a token a context', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn('ada')
    const context = (await ask(gateway, token)).headers.get('session-context') ?? ''
    expect((await gateway.read(context)).body.code).toBe('token_invalid')
    expect(await refusal(await ask(gateway, context))).toEqual([401, 'token_invalid'])
    const { keys } = (await gateway.call('GET', '/.well-known/jwks.json')).body
    const imported = await crypto.subtle.importKey('jwk', keys[0], 'Ed25519', true, ['verify'])
    const verdict = await verifyToken(context, { origin, keyOf: (kid) => ({ kid, alg: 'EdDSA', key: imported }) }, gateway.now())
    expect(verdict.status).toBe('invalid')
  })
})

describe('a token that is due', () => {
  it('is exchanged at half of its life, and the successor is the browser’s', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn('ada')
    gateway.advance(149_000)
    expect((await ask(gateway, token)).headers.getSetCookie()).toEqual([])
    gateway.advance(2_000)
    const response = await ask(gateway, token)
    expect(response.headers.getSetCookie()).toEqual([`${name}=${cookieOf(response)}; Path=/; HttpOnly; Secure; SameSite=Lax`])
    expect(claimsOf(response).claims.gen).toBe(1)
    expect((await gateway.read(cookieOf(response))).status).toBe(200)
  })

  it('is exchanged when it has expired, by the same lineage', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn('ada')
    gateway.advance(400_000)
    const [first, again] = [await ask(gateway, token), await ask(gateway, token)]
    expect([first.status, again.status]).toEqual([200, 200])
    expect((await gateway.read(cookieOf(first))).status).toBe(200)
    gateway.advance(10_000)
    expect(await refusal(await ask(gateway, token))).toEqual([401, 'token_reused'])
    expect((await gateway.read(cookieOf(again))).body).toMatchObject({ code: 'session_ended', reason: 'reused' })
    expect((await gateway.audit()).at(-1)).toMatchObject({ operation: 'exchange', application: 'portal', reason: 'token_reused' })
    // Told once: another look at the ended session is no second reuse.
    const before = (await gateway.audit()).length
    expect(await refusal(await ask(gateway, token))).toEqual([401, 'session_ended'])
    expect((await gateway.audit()).length).toBe(before)
  })

  it('still lets a request through while the store takes no exchange, until it has expired', async () => {
    const store = memoryStore({ clock: () => now() })
    let now = () => startMs
    const gateway = await openTestGateway({ store })
    now = gateway.now
    const token = await gateway.signIn('ada')
    Object.assign(store, { exchange: () => Promise.reject(new SessionError('outcome_unknown')) })
    gateway.advance(200_000)
    const response = await ask(gateway, token)
    expect([response.status, response.headers.getSetCookie()]).toEqual([200, []])
    gateway.advance(200_000)
    expect(await refusal(await ask(gateway, token))).toEqual([503, 'store_unavailable'])
  })
})

describe('a request that is not let through', () => {
  it('says 401 when nobody is signed in', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn('ada')
    expect(await refusal(await ask(gateway, null))).toEqual([401, 'token_missing'])
    expect(await refusal(await ask(gateway, ''))).toEqual([401, 'token_missing'])
    expect(await refusal(await ask(gateway, 'x'))).toEqual([401, 'token_invalid'])
    await gateway.call('DELETE', '/v1/session', { as: 'portal', token, body: { reason: 'sign_out' } })
    expect(await refusal(await ask(gateway, token))).toEqual([401, 'session_ended'])
  })

  it('says 400 to two sessions', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn('ada')
    expect(await refusal(await ask(gateway, null, { Cookie: `${name}=${token}; ${name}=${token}` }))).toEqual([
      400,
      'credentials_ambiguous',
    ])
    expect(await refusal(await ask(gateway, null, { Cookie: `__hOsT-session=x; ${name}=${token}` }))).toEqual([
      400,
      'credentials_ambiguous',
    ])
  })

  it.each([
    ['no key', { Authorization: '' }],
    ['an unknown key', { Authorization: `Bearer ${keyOf('nobody')}` }],
    ['a session token as key', { Authorization: 'Bearer a.b.c' }],
  ])('says 503 to a proxy with %s: its mistake signs nobody out', async (_what, headers) => {
    const gateway = await openTestGateway()
    const response = await ask(gateway, await gateway.signIn('ada'), headers)
    expect(response.headers.has('retry-after')).toBe(true)
    expect(await refusal(response)).toEqual([503, 'store_unavailable'])
  })

  it.each(['store_unavailable', 'outcome_unknown', 'contract_mismatch'] as const)('says 503 when the store says %s', async (code) => {
    const store = memoryStore()
    const gateway = await openTestGateway({ store })
    const token = await gateway.signIn('ada')
    Object.assign(store, { read: () => Promise.reject(new SessionError(code)) })
    expect(await refusal(await ask(gateway, token))).toEqual([503, 'store_unavailable'])
  })
})
