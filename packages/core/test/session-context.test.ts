import { createSessionClient } from '@single-state/core'
import { CompactSign, generateKeyPair } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { createTestGateway, type TestGateway } from '../../testing/src/test-gateway.ts'
import { acme } from '../src/fixtures/acme.ts'

// What a proxy passes on, over the real gateway in one process.

const person = { entitlements: { plan: 'pro' as const, roles: ['admin'] }, context: { tenant: 'acme' } }
const open: TestGateway<typeof acme>[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((gateway) => gateway.close()))
})

async function start(options: { readonly forwardAuth?: boolean } = { forwardAuth: true }) {
  const gateway = await createTestGateway(acme, { person })
  open.push(gateway)
  const portal = createSessionClient(acme, { ...gateway.optionsFor('portal'), ...options })
  const session = await gateway.signIn()

  /** What the gateway tells the proxy of an application about a request with this session's cookie. */
  async function contextFor(shown = session, application: 'portal' | 'admin' = 'portal'): Promise<string> {
    const headers = { ...(await gateway.headers({ session: shown })), authorization: `Bearer ${gateway.keys[application]}` }
    const answer = await gateway.fetch(new Request(`${gateway.origin}/v1/forward-auth`, { headers }))
    return answer.headers.get('session-context') ?? ''
  }

  const at = async (context: string | null, shown = session, method = 'GET') => {
    const headers = context === null ? {} : { 'session-context': context }
    return portal.open(await gateway.request('portal', { session: shown, method, headers }))
  }
  const reads = () => gateway.calls.filter(({ method, path }) => `${method} ${path}` === 'GET /v1/session' || path === '/v1/reads').length
  return { gateway, portal, session, contextFor, at, reads }
}

describe('a session context', () => {
  it('answers a read, and its age is that of the answer of which it was made', async () => {
    const { gateway, contextFor, at, reads } = await start()
    const context = await contextFor()
    gateway.clock.advance('3s')
    const result = await (await at(context)).resolve()
    expect(result).toMatchObject({ status: 'active', source: 'snapshot', version: 1, session: { context: { tenant: 'acme' } } })
    expect(result.status === 'active' && result.ageMs).toBeGreaterThanOrEqual(3_000)
    expect(reads()).toBe(0)
  })

  it('answers no read that asks for more', async () => {
    const { contextFor, at, reads } = await start()
    const context = await contextFor()
    expect(await (await at(context)).resolve({ freshness: 'strict' })).toMatchObject({ source: 'gateway' })
    expect(await (await at(context)).check({ fresh: true })).toHaveProperty('session')
    expect(await (await at(context)).resolve({ atLeast: 2 })).toMatchObject({ status: 'unavailable', code: 'version_not_reached' })
    expect(reads()).toBe(3)
  })

  it('is over after five seconds', async () => {
    const { gateway, contextFor, at } = await start()
    const context = await contextFor()
    gateway.clock.advance('5s')
    expect(await (await at(context)).resolve()).toMatchObject({ source: 'gateway' })
  })

  it('from the future says nothing: a clock that is behind must not make what is old look young', async () => {
    const { gateway, session, contextFor } = await start()
    const behind = { ...gateway.clock, wallMs: () => gateway.clock.wallMs() - 2_000 }
    const late = createSessionClient(acme, { ...gateway.optionsFor('portal'), forwardAuth: true, clock: behind })
    const headers = { 'session-context': await contextFor() }
    const result = await late.open(await gateway.request('portal', { session, headers })).resolve()
    expect(result).toMatchObject({ source: 'gateway' })
    // Nor later, when it is no longer to come.
    gateway.clock.advance(6_000)
    expect(await late.open(await gateway.request('portal', { session })).resolve()).toMatchObject({ source: 'gateway' })
  })

  it('never takes a session back: neither to an older version, nor to life', async () => {
    const { gateway, session, contextFor, at } = await start()
    const before = await contextFor()
    await (await at(null, session, 'POST')).update('tenant.switch', { 'context.tenant': 'other' })
    expect(await (await at(before)).resolve()).toMatchObject({ version: 2, session: { context: { tenant: 'other' } } })
    await gateway.revokeNow(session)
    expect(await (await at(null)).resolve({ freshness: 'strict' })).toEqual({ status: 'ended', reason: 'revoked' })
    expect(await (await at(before)).resolve()).toEqual({ status: 'ended', reason: 'revoked' })
  })

  it('is no ground for a write: that goes by the version, whatever was read', async () => {
    const { gateway, session, contextFor, at } = await start()
    const context = await contextFor()
    await gateway.change(session, { context: { tenant: 'other' } })
    const request = await at(context, session, 'POST')
    await expect(request.update('tenant.switch', { 'context.tenant': 'third' })).rejects.toMatchObject({ code: 'version_conflict' })
  })

  it('counts down its signals from when it was made', async () => {
    const { gateway, session, contextFor, at } = await start()
    await (await at(null, session, 'POST')).publish('tenantChanged', { tenant: 'other' })
    gateway.clock.advance('27s')
    const context = await contextFor()
    expect((await (await at(context)).get())?.signals).toEqual({ tenantChanged: { tenant: 'other' } })
    gateway.clock.advance('3s')
    expect((await (await at(context)).get())?.signals).toEqual({})
  })
})

describe('a session context that is not this request’s', () => {
  type Parts = Awaited<ReturnType<typeof start>>
  const oddities: readonly [string, (parts: Parts) => Promise<string>][] = [
    ['of another person', async ({ gateway, contextFor }) => contextFor(await gateway.signIn({ subject: 'bob' }))],
    ['of another application', ({ contextFor, session }) => contextFor(session, 'admin')],
    ['that is no JWS', async () => 'x'],
    ['in two', async ({ contextFor }) => `${await contextFor()}, ${await contextFor()}`],
    ['with another signature', async ({ contextFor }) => (await contextFor()).replace(/.{8}$/, 'AAAAAAAA')],
    ['that was changed', async ({ contextFor }) => changed(await contextFor(), (claims) => ({ ...claims, exp: claims.exp + 60 }))],
    ['signed by somebody else', async ({ contextFor }) => resigned(await contextFor())],
    [
      'that says it needs no signature',
      async ({ contextFor }) => (await contextFor()).replace(/^[^.]+/, base64url({ alg: 'none', typ: 'session-context+jwt', kid: 'x' })),
    ],
    ['that is a session token', async ({ session }) => session.token],
    ['that is too long', async ({ contextFor }) => `${await contextFor()}${'A'.repeat(8_192)}`],
  ]

  it.each(oddities)('is as if it were not there: one %s', async (_what, make) => {
    const parts = await start()
    const context = await make(parts)
    expect(await (await parts.at(context)).resolve()).toMatchObject({ source: 'gateway', session: { identity: { subject: 'ada' } } })
    expect(parts.reads()).toBe(1)
    expect(parts.gateway.reports).toEqual([])
  })

  it('is as if it were not there: one of another token of the session', async () => {
    const { gateway, session, contextFor, at } = await start()
    const context = await contextFor()
    gateway.clock.advance('3s')
    const answer = await gateway.fetch(
      new Request(`${gateway.origin}/v1/session/token`, {
        method: 'POST',
        body: '{}',
        headers: {
          authorization: `Bearer ${gateway.keys.portal}`,
          'session-token': session.token,
          'contract-revision': '2',
          'content-type': 'application/json',
        },
      }),
    )
    const { token } = (await answer.json()) as { token: string }
    const successor = { ...session, token, cookie: session.cookie.replace(session.token, token) }
    expect(await (await at(context, successor)).resolve()).toMatchObject({ source: 'gateway' })
  })

  it('does not make somebody of nobody', async () => {
    const { gateway, portal, contextFor } = await start()
    const request = new Request(gateway.origins.portal, { headers: { 'session-context': await contextFor() } })
    expect(await portal.open(request).resolve()).toEqual({ status: 'anonymous' })
  })

  it('is not looked at where nobody said that there is a proxy', async () => {
    const { contextFor, at } = await start({})
    expect(await (await at(await contextFor())).resolve()).toMatchObject({ source: 'gateway' })
  })
})

describe('forwardAuth', () => {
  it('is refused for an application that the contract does not let be stale', async () => {
    const { gateway } = await start()
    expect(() => createSessionClient(acme, { ...gateway.optionsFor('billing'), forwardAuth: true })).toThrow(/^forwardAuth: .*stale/)
  })
})

function base64url(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString('base64url')
}

function changed(context: string, change: (claims: { readonly exp: number }) => object): string {
  const [header, payload = '', signature] = context.split('.')
  return [header, base64url(change(JSON.parse(Buffer.from(payload, 'base64url').toString()))), signature].join('.')
}

async function resigned(context: string): Promise<string> {
  const [header = '', payload = ''] = context.split('.')
  const { privateKey } = await generateKeyPair('EdDSA')
  const decode = (part: string) => Buffer.from(part, 'base64url')
  return new CompactSign(decode(payload)).setProtectedHeader(JSON.parse(decode(header).toString())).sign(privateKey)
}
