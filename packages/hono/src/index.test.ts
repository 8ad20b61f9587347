import { defineContract } from '@single-state/core'
import { createTestGateway, moments } from '@single-state/testing'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { describe, expect, it } from 'vitest'
import { createSession } from './index.ts'

const contract = defineContract({ name: 'acme', applications: { portal: { reads: ['identity'], stale: '10s' } } })

async function started(add: (app: Hono, session: ReturnType<typeof createSession<typeof contract, 'portal'>>) => void) {
  const gateway = await createTestGateway(contract)
  const app = new Hono()
  add(app, createSession(contract, gateway.optionsFor('portal')))
  return { gateway, app }
}

describe('the Hono session', () => {
  it('puts its headers on a response whose headers cannot be changed', async () => {
    const { gateway, app } = await started((app, session) => {
      app.use(session)
      app.get('/', session.require(), () => Response.redirect('http://localhost:4410/next'))
    })
    const session = await moments.tokenHalfway(gateway)
    const response = await app.fetch(await gateway.request('portal', { session }))
    expect([response.status, response.headers.get('location')]).toEqual([302, 'http://localhost:4410/next'])
    expect(response.headers.get('set-cookie')).toMatch(/^__Host-session=/)
    expect(response.headers.get('cache-control')).toBe('private, no-store')
  })

  it('refuses with its own headers beside those of other middleware, which do not win over them', async () => {
    const { gateway, app } = await started((app, session) => {
      app.use(cors({ origin: 'http://localhost:4411' }))
      app.use(async (c, next) => {
        c.res.headers.set('cache-control', 'public, max-age=60')
        await next()
      })
      app.use(session)
      app.get('/', session.require(), (c) => c.text('in'))
    })
    const response = await app.fetch(new Request(gateway.origins.portal, { headers: { origin: 'http://localhost:4411' } }))
    expect([response.status, response.headers.get('cache-control')]).toEqual([401, 'private, no-store'])
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:4411')
  })

  it('lets nobody pass by a requirement that is none', async () => {
    // As JavaScript would: a predicate where a requirement belongs.
    const predicate = (() => undefined) as unknown as () => object
    const { gateway, app } = await started((app, session) => {
      app.use(session)
      app.get('/', session.require(predicate), (c) => c.text('in'))
      expect(() => session.require({ role: 'admin' } as object)).toThrow(/^require: .*"role"/)
    })
    app.onError((error, c) => c.text(error.message, 500))
    const response = await app.fetch(await gateway.request('portal'))
    expect([response.status, await response.text()]).toEqual([500, 'require: expected an object, found undefined'])
  })

  it('lets a request pass by what is at hand', async () => {
    const { gateway, app } = await started((app, session) => {
      app.use(session)
      app.get('/', session.require({ freshness: { maxAge: '10s' } }), (c) => c.text(c.var.session.identity.subject))
    })
    const headers = await gateway.headers()
    const ask = async () => (await app.fetch(new Request(gateway.origins.portal, { headers }))).text()
    expect(await ask()).toBe('ada')
    gateway.outage()
    expect(await ask()).toBe('ada')
  })

  it('knows its request when another middleware has wrapped it', async () => {
    const { gateway, app } = await started((app, session) => {
      app.use(session)
      app.use(bodyLimit({ maxSize: 10 }))
      app.post('/', session.require(), async (c) => c.text(`${c.var.session.identity.subject} ${await c.req.text()}`))
    })
    const headers = await gateway.headers()
    const body = new Blob(['hello']).stream()
    const response = await app.fetch(new Request(gateway.origins.portal, { method: 'POST', headers, body, duplex: 'half' } as RequestInit))
    expect([response.status, await response.text()]).toEqual([200, 'ada hello'])
  })

  it('puts its headers before the first byte of a stream', async () => {
    const { gateway, app } = await started((app, session) => {
      app.use(session)
      app.get('/', session.require(), (c) => c.body(new Blob(['a', 'b']).stream()))
    })
    const response = await app.fetch(await gateway.request('portal', { session: await moments.tokenHalfway(gateway) }))
    expect(response.headers.get('set-cookie')).toMatch(/^__Host-session=/)
    expect(await response.text()).toBe('ab')
  })

  it('puts its headers on an answer that was fetched from elsewhere, which cannot be changed itself', async () => {
    const { gateway, app } = await started((app, session) => {
      app.use(session)
      app.get('/', session.require(), () => fetch('data:text/plain,fetched'))
    })
    const response = await app.fetch(await gateway.request('portal'))
    expect([response.headers.get('cache-control'), await response.text()]).toEqual(['private, no-store', 'fetched'])
  })

  it('says what is missing when nobody opened the session', async () => {
    const errors: Error[] = []
    const { gateway, app } = await started((app, session) => {
      app.onError((error, c) => {
        errors.push(error)
        return c.text('broken', 500)
      })
      app.get('/', session.require(), (c) => c.text('in'))
    })
    expect((await app.fetch(await gateway.request('portal'))).status).toBe(500)
    expect(errors[0]).toBeInstanceOf(TypeError)
    expect(errors[0]?.message).toContain('app.use(session)')
  })

  it('answers by the status map where the application has no error handler', async () => {
    const { gateway, app } = await started((app, session) => {
      app.use(session)
      app.get('/', async (c: Context) => c.json(await session.get(c)))
    })
    const request = await gateway.request('portal')
    gateway.outage()
    const response = await app.fetch(request)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    expect(response.headers.get('content-type')).toBe('application/problem+json')
  })

  it('refuses options that do not fit, naming the option', () => {
    expect(() => createSession(contract, { application: 'portal', gateway: 'http://localhost:4400', key: 'secret' })).toThrow(/key: /)
  })
})
