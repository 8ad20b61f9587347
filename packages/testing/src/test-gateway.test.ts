import { createSessionClient } from '@single-state/core'
import { describe, expect, it } from 'vitest'
import { acme, acmeGateway, portalOf } from './fixtures/acme.ts'
import { createTestGateway } from './test-gateway.ts'

describe('createTestGateway', () => {
  it('gives a signed-in request for any application in one line', async () => {
    const gateway = await acmeGateway()
    const portal = await portalOf(gateway).resolve(await gateway.request('portal', { entitlements: { roles: ['admin'] } }))
    expect(portal.result).toMatchObject({ status: 'active', session: { identity: { subject: 'ada' }, entitlements: { roles: ['admin'] } } })

    const billing = createSessionClient(acme, gateway.optionsFor('billing'))
    const { result } = await billing.resolve(await gateway.request('billing', { subject: 'bob', entitlements: { plan: 'pro' } }))
    expect(result).toMatchObject({ status: 'active', session: { identity: { subject: 'bob' }, entitlements: { plan: 'pro' } } })
  })

  it('shows one session to several applications', async () => {
    const gateway = await acmeGateway()
    const session = await gateway.signIn()
    const billing = createSessionClient(acme, gateway.optionsFor('billing'))
    await portalOf(gateway)
      .open(await gateway.request('portal', { session }))
      .update('tenant.switch', { 'context.tenant': 'globex' })
    const { result } = await billing.resolve(await gateway.request('billing', { session }))
    expect(result).toMatchObject({ status: 'active', version: 2, session: { id: session.id, context: { tenant: 'globex' } } })
  })

  it('makes requests as the application would get them', async () => {
    const gateway = await acmeGateway()
    const session = await gateway.signIn()
    const request = await gateway.request('billing', {
      session,
      url: '/invoices?year=2026',
      method: 'POST',
      body: 'a=1',
      headers: { accept: 'text/html' },
    })
    expect(request.url).toBe('http://localhost:4411/invoices?year=2026')
    expect([request.method, await request.text()]).toEqual(['POST', 'a=1'])
    expect(Object.fromEntries(request.headers)).toMatchObject({
      cookie: session.cookie,
      'sec-fetch-site': 'same-origin',
      accept: 'text/html',
    })
    expect(await gateway.headers({ session, as: 'bearer' })).toEqual({ authorization: `Bearer ${session.token}` })
  })

  it('tells what the session was derived from and who authenticated how', async () => {
    const gateway = await acmeGateway()
    const session = await gateway.signIn({ subject: 'bob', acr: 'urn:mfa', amr: ['otp'], context: { tenant: 'globex' } })
    expect(await gateway.inspect(session)).toEqual({
      version: 1,
      ended: null,
      identity: {
        subject: 'bob',
        issuer: 'https://idp.example',
        authenticatedAt: '2026-01-01T00:00:00.000Z',
        acr: 'urn:mfa',
        amr: ['otp'],
      },
      entitlements: { roles: [], plan: 'free' },
      context: { tenant: 'globex', locale: 'en' },
    })
  })

  it('replaces the session that the browser had, as a second login does', async () => {
    const gateway = await acmeGateway()
    const first = await gateway.signIn({ context: { locale: 'cy' } })
    const second = await gateway.signIn({}, first)
    expect((await gateway.inspect(first)).ended).toBe('revoked')
    expect((await gateway.inspect(second)).context.locale).toBe('cy')
  })

  it('audits what happens beside the application', async () => {
    const gateway = await acmeGateway()
    const session = await gateway.signIn()
    await gateway.change(session, { context: { tenant: 'globex' } })
    await gateway.revokeNow(session)
    expect((await gateway.audit()).map(({ operation, paths, toVersion }) => [operation, paths, toVersion])).toEqual([
      ['create', [], 1],
      ['update', ['context.tenant'], 2],
      ['end', [], 2],
    ])
  })

  it('ends a session for every application at once', async () => {
    const gateway = await acmeGateway()
    const session = await gateway.signIn()
    const portal = portalOf(gateway)
    await portal.resolve(await gateway.request('portal', { session }))
    await gateway.revokeNow(session)
    const { result } = await portal.resolve(await gateway.request('portal', { session }))
    expect(result).toEqual({ status: 'ended', reason: 'revoked' })
  })

  it('works on several hosts with the domain that they share', async () => {
    const gateway = await acmeGateway({
      origin: 'https://session.example.com',
      origins: { portal: 'https://portal.example.com', billing: 'https://billing.example.com' },
      cookie: { domain: 'example.com' },
    })
    const session = await gateway.signIn()
    expect(session.cookie).toMatch(/^__Secure-session=/)
    const { result } = await portalOf(gateway).resolve(await gateway.request('portal', { session }))
    expect(result.status).toBe('active')
  })

  it('limits the sessions of one person as it is told', async () => {
    const gateway = await acmeGateway({ sessionsPerSubject: { max: 1, onOverflow: 'deny' } })
    await gateway.signIn()
    await expect(gateway.signIn()).rejects.toThrow(/login_failed|too many/i)
  })

  it('says which entitlement is missing, and where to give it', async () => {
    const gateway = await createTestGateway(acme)
    await expect(gateway.signIn({ context: { tenant: null } })).rejects.toThrow(/entitlements\.roles: .*createTestGateway as person/)
  })

  it('refuses an origin of an application that is not in the contract', async () => {
    // @ts-expect-error: the contract has no such application
    await expect(acmeGateway({ origins: { shop: 'http://localhost:1' } })).rejects.toThrow(/origins\.shop: .*portal, billing/)
  })

  it('keeps gateways apart', async () => {
    const [one, other] = await Promise.all([acmeGateway(), acmeGateway()])
    const { result } = await portalOf(other).resolve(await one.request('portal'))
    expect(result.status).toBe('anonymous')
  })

  it('counts what applications ask, not what the test does', async () => {
    const gateway = await acmeGateway()
    await gateway.signIn()
    expect(gateway.calls).toEqual([])
    const portal = portalOf(gateway)
    await portal.resolve(await gateway.request('portal'))
    expect(gateway.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/application',
      'GET /.well-known/jwks.json',
      'GET /v1/session',
    ])
  })
})
