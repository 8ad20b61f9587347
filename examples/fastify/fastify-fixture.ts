import { type AdapterRoutes, type AdapterStart, adapterTestContract } from '@single-state/testing/adapter-contract'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { createSession } from './session.ts'

type Session = ReturnType<typeof sessionOf>

/** The routes of the adapter contract, in Fastify. */
export async function fastifyApplication(given: AdapterStart): Promise<FastifyInstance> {
  const app = fastify()
  app.setErrorHandler((error: Error, _request, reply) => reply.code(500).send({ caught: error.message }))
  await app.register(async (scope) => {
    const session = sessionOf(given)
    await scope.register(session)
    scope.setErrorHandler(session.errors)
    addReads(scope, session)
    addRequirements(scope, session)
    await scope.register(nestedRoutes(session), { prefix: '/nested' })
    addWrites(scope, session)
    addAnswers(scope, session)
    const paused = session.require({}, async (request, _reply, held) => {
      await given.pause()
      return { held, read: await session.get(request) }
    })
    scope.get('/paused', paused)
  })
  return app
}

function sessionOf({ options }: AdapterStart) {
  return createSession(adapterTestContract, options)
}

function addReads(app: FastifyInstance, session: Session): void {
  app.get('/untouched', async () => ({ ok: true }))
  app.get('/whoami', async (request) => ({ session: await session.get(request) }))
  app.get('/resolved', (request) => session.resolve(request))
  app.get('/thrice', async (request) => {
    const atOnce = await Promise.all([session.get(request), session.get(request)])
    return { sessions: [...atOnce, await session.get(request)] } satisfies AdapterRoutes['GET /thrice']
  })
}

function nestedRoutes(session: Session) {
  return async (app: FastifyInstance) => {
    await app.register(session)
    app.addHook('preHandler', session.require())
    app.get('/required', session.require({}, show))
  }
}

function show<View>(_request: unknown, _reply: unknown, session: View): { session: View } {
  return { session }
}

function addRequirements(app: FastifyInstance, session: Session): void {
  app.route({ method: ['GET', 'POST'], url: '/required', handler: session.require({}, show) })
  app.get('/admins', session.require({ where: ({ entitlements }) => entitlements.roles.includes('admin') }, show))
  app.get('/broken-rule', session.require({ where: breakRule }, show))
  app.get('/acme', session.require({ expect: { 'context.tenant': 'acme' } }, show))
  app.get('/tenants/:tenant', session.require<{ Params: { tenant: string } }>(expectTenant, show))
  app.get('/cacheable-required', { onRequest: [cacheable, cacheableByNetworks] }, session.require({}, show))
  app.get('/transfer', session.require({ assurance: { acr: 'urn:mfa', maxAge: '5m' } }, show))
  app.get('/recent', session.require({ freshness: { maxAge: '5s' } }, show))
  app.get('/grace', session.require({ outageGrace: '10s' }, show))
  app.get('/fresh', session.require({ fresh: true, outageGrace: '10s' }, show))
}

function addWrites(app: FastifyInstance, session: Session): void {
  const countVisit = (request: FastifyRequest) =>
    session.update(request, 'visit.count', ({ context }) => ({ 'context.visits': context.visits + 1 }))
  app.post('/tenant', async (request) => ({ session: await session.update(request, 'tenant.switch', { 'context.tenant': 'globex' }) }))
  app.post('/visits', async (request) => ({ session: await countVisit(request) }))
  app.post('/grace', { preHandler: session.require({ outageGrace: '10s' }) }, async (request) => ({ session: await countVisit(request) }))
  app.post('/visit-and-look', async (request) => {
    const before = await session.get(request)
    await countVisit(request)
    return { before, after: await session.get(request) }
  })
  app.post('/announce', async (request) => {
    await session.publish(request, 'tenantChanged', { tenant: 'globex' })
    return { session: await session.get(request) }
  })
  app.post('/sign-out', async (request) => {
    await session.signOut(request)
    return { session: await session.get(request) }
  })
}

function addAnswers(app: FastifyInstance, session: Session): void {
  const get = (path: string, decorate: (reply: FastifyReply) => unknown) =>
    app.get(path, async (request, reply) => {
      const current = await session.get(request)
      decorate(reply)
      return { session: current }
    })
  get('/own-cookie', (reply) => reply.header('set-cookie', 'theme=dark'))
  get('/two-cookies', (reply) => reply.header('set-cookie', ['theme=dark', 'size=large']))
  get('/revalidated', (reply) => reply.header('cache-control', 'no-cache'))
  get('/varies', (reply) => reply.header('vary', 'Accept-Language'))
  app.get('/cacheable', { onRequest: cacheable }, async (request) => ({ session: await session.get(request) }))
  get('/throws', () => {
    throw new Error('broken handler')
  })
}

function breakRule(): boolean {
  throw new Error('broken rule')
}

function expectTenant({ params }: FastifyRequest<{ Params: { tenant: string } }>) {
  return { expect: { 'context.tenant': params.tenant } }
}

async function cacheable(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('cache-control', 'public, max-age=60')
}

async function cacheableByNetworks(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('cdn-cache-control', 'max-age=600')
}
