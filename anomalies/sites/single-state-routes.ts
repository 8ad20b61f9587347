import type { SessionClientOptions } from '@single-state/core'
import { createSession as createExpressSession } from '@single-state/express'
import { createSession as createHonoSession } from '@single-state/hono'
import express, { type RequestHandler } from 'express'
import { Hono, type MiddlewareHandler } from 'hono'
import type { Send } from '../browser.ts'
import type { Scope } from '../scope.ts'
import type { Hooks, Key, Me } from '../site.ts'
import { serveExpress } from './serve-express.ts'
import { contract } from './single-state-contract.ts'

/** What an application of this project is made of. */
export interface ApplicationParts {
  readonly options: SessionClientOptions<'portal'>
  readonly hooks: Hooks
  readonly origin: string
  /** Something of the application's own that leaves these on the request, before or after the session is opened. */
  readonly foreign?: { readonly at: 'before' | 'after'; readonly session: object }
}

/** Makes the application with one framework. */
export type Framework = (scope: Scope, parts: ApplicationParts) => Promise<Send>

interface View {
  readonly identity: { readonly subject: string }
  readonly context: { readonly first: string | null; readonly second: string | null; readonly tenant: string }
}

/** A requirement that calls what the scenario has set. */
function calling(hooks: Hooks): () => boolean {
  return () => {
    hooks.callback()
    return true
  }
}

function shown({ identity, context }: View): Me & { readonly tenant: string } {
  return { subject: identity.subject, ...context }
}

/** The application on Express. */
export const onExpress: Framework = async (scope, { options, hooks, origin, foreign }) => {
  const session = createExpressSession(contract, options)
  const where = calling(hooks)
  scope.defer(session.close)
  const app = express()
  const leave: RequestHandler = (request, response, next) => {
    Object.assign(request, { session: foreign?.session, auth: foreign?.session })
    response.locals['session'] = foreign?.session
    next()
  }
  if (foreign?.at === 'before') app.use(leave)
  app.use(session)
  if (foreign?.at === 'after') app.use(leave)
  app.get('/me', session.require(), (_, response) => void response.json(shown(response.locals.session)))
  app.get('/checked', session.require({ where }), (_, response) => void response.json(shown(response.locals.session)))
  app.get('/page', async (request, response) => {
    response.json({ subject: (await session.get(request))?.identity.subject ?? null })
  })
  app.post('/set', session.require(), async (request, response) => {
    await session.update(request, 'value.set', async () => {
      await hooks.meanwhile()
      return { [`context.${request.query['key'] as Key}`]: 'set' }
    })
    response.json('saved')
  })
  app.post('/append', async (request, response) => {
    await session.update(request, 'value.set', async ({ context }) => {
      await hooks.meanwhile()
      return { 'context.first': `${context.first ?? ''}x` }
    })
    response.json('saved')
  })
  app.post('/tenant', async (request, response) => {
    await session.update(request, 'tenant.switch', { 'context.tenant': String(request.query['to']) })
    response.json('saved')
  })
  const acts = session.require((request) => ({ expect: { 'context.tenant': String(request.query['for']) } }))
  app.post('/act', acts, (_, response) => void response.json(shown(response.locals.session)))
  app.post('/act-unstated', session.require(), (_, response) => void response.json(shown(response.locals.session)))
  app.get('/truthy', async (request, response) => void response.status((await session.get(request)) ? 200 : 401).end())
  app.post('/end-others', async (request, response) => {
    await session.endOthers(request, 'person.asked')
    response.json('ended')
  })
  app.post('/sign-out', async (request, response) => {
    await session.signOut(request)
    response.end()
  })
  app.use(session.errors)
  return serveExpress(scope, app, origin)
}

/** The application on Hono. */
export const onHono: Framework = async (scope, { options, hooks, origin, foreign }) => {
  const session = createHonoSession(contract, options)
  const where = calling(hooks)
  scope.defer(session.close)
  const app = new Hono()
  app.onError((_, context) => context.body(null, 500))
  const leave: MiddlewareHandler = (context, next) => {
    context.set('session' as never, foreign?.session as never)
    return next()
  }
  if (foreign?.at === 'before') app.use(leave)
  app.use(session)
  if (foreign?.at === 'after') app.use(leave)
  app.get('/me', session.require(), (context) => context.json(shown(context.var.session)))
  app.get('/checked', session.require({ where }), (context) => context.json(shown(context.var.session)))
  app.get('/page', async (context) => context.json({ subject: (await session.get(context))?.identity.subject ?? null }))
  app.post('/set', session.require(), async (context) => {
    await session.update(context, 'value.set', async () => {
      await hooks.meanwhile()
      return { [`context.${context.req.query('key') as Key}`]: 'set' }
    })
    return context.json('saved')
  })
  app.post('/append', async (context) => {
    await session.update(context, 'value.set', async (now) => {
      await hooks.meanwhile()
      return { 'context.first': `${now.context.first ?? ''}x` }
    })
    return context.json('saved')
  })
  app.post('/tenant', async (context) => {
    await session.update(context, 'tenant.switch', { 'context.tenant': String(context.req.query('to')) })
    return context.json('saved')
  })
  const acts = session.require((context) => ({ expect: { 'context.tenant': String(context.req.query('for')) } }))
  app.post('/act', acts, (context) => context.json(shown(context.var.session)))
  app.post('/act-unstated', session.require(), (context) => context.json(shown(context.var.session)))
  app.get('/truthy', async (context) => context.body(null, (await session.get(context)) ? 200 : 401))
  app.post('/end-others', async (context) => {
    await session.endOthers(context, 'person.asked')
    return context.json('ended')
  })
  app.post('/sign-out', async (context) => {
    await session.signOut(context)
    return context.body(null)
  })
  return async (path, init) => app.request(`${origin}${path}`, init)
}
