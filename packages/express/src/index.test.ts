import { defineContract } from '@single-state/core'
import { createTestGateway, moments } from '@single-state/testing'
import { serveNode } from '@single-state/testing/adapter-contract'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSession } from './index.ts'

const contract = defineContract({ name: 'acme', applications: { portal: { reads: ['identity'], stale: '10s' } } })

async function started(add: (app: Express, session: ReturnType<typeof createSession<typeof contract, 'portal'>>) => void) {
  const gateway = await createTestGateway(contract)
  const app = express()
  add(app, createSession(contract, gateway.optionsFor('portal')))
  const errors: Error[] = []
  const onError: ErrorRequestHandler = (error, _request, response, next) => {
    errors.push(error)
    if (response.headersSent) return next(error)
    response.status(500).end()
  }
  app.use(onError)
  const { fetch, close } = await serveNode(app, gateway.origins.portal)
  onTestFinished(close)
  const ask = (headers: Record<string, string>) => fetch('/', { method: 'GET', headers })
  return { gateway, errors, ask }
}

describe('the Express session', () => {
  it('puts its headers before the first byte, whoever writes it and how', async () => {
    const { gateway, ask } = await started((app, session) => {
      app.use(session)
      app.get('/', session.require(), (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/plain' })
        response.write('a')
        response.end('b')
      })
    })
    const response = await ask(await gateway.headers({ session: await moments.tokenHalfway(gateway) }))
    expect(response.headers.get('set-cookie')).toMatch(/^__Host-session=/)
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(await response.text()).toBe('ab')
  })

  it('hands a request on in the same turn where everything is at hand', async () => {
    const seen: string[] = []
    const { gateway, ask } = await started((app, session) => {
      app.use(session)
      app.use((_request, _response, next) => {
        next()
        seen.push('handed on')
      })
      app.get('/', session.require({ freshness: { maxAge: '10s' } }), (_request, response) => {
        seen.push(response.locals.session.identity.subject)
        response.end()
      })
    })
    const headers = await gateway.headers()
    expect([(await ask(headers)).status, (await ask(headers)).status, (await ask({})).status]).toEqual([200, 200, 401])
    expect(seen).toEqual(['handed on', 'ada', 'ada', 'handed on', 'handed on'])
  })

  it('says what is missing when nobody opened the session', async () => {
    const { gateway, errors, ask } = await started((app, session) => {
      app.get('/', session.require(), (_request, response) => void response.end('in'))
    })
    expect((await ask(await gateway.headers())).status).toBe(500)
    expect(errors[0]).toBeInstanceOf(TypeError)
    expect(errors[0]?.message).toContain('app.use(session)')
  })

  it('leaves an error of ours to the next error handler once the answer is under way', async () => {
    const { gateway, errors, ask } = await started((app, session) => {
      app.use(session)
      app.get('/', async (request, response) => {
        response.write('a')
        await session.get(request)
      })
      app.use(session.errors)
    })
    const headers = await gateway.headers()
    gateway.outage()
    await expect(ask(headers)).rejects.toThrow()
    expect(errors.map(({ name }) => name)).toEqual(['SessionUnavailableError'])
  })

  it('lets nobody pass by a requirement that is none', async () => {
    // As JavaScript would: a predicate where a requirement belongs.
    const predicate = (() => undefined) as unknown as () => object
    const { gateway, errors, ask } = await started((app, session) => {
      app.use(session)
      app.get('/', session.require(predicate), (_request, response) => void response.end('in'))
      expect(() => session.require({ role: 'admin' } as object)).toThrow(/^require: .*"role"/)
    })
    expect((await ask(await gateway.headers())).status).toBe(500)
    expect(errors[0]?.message).toBe('require: expected an object, found undefined')
  })

  it('has the status map in the errors themselves, for applications with a handler of their own', async () => {
    const { gateway, errors, ask } = await started((app, session) => {
      app.use(session)
      app.get('/', async (request, response) => void response.json(await session.get(request)))
    })
    const headers = await gateway.headers()
    gateway.outage()
    await ask(headers)
    expect(errors[0]).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } })
  })

  it('refuses options that do not fit, naming the option', () => {
    expect(() => createSession(contract, { application: 'portal', gateway: 'http://localhost:4400', key: 'secret' })).toThrow(/key: /)
  })
})
