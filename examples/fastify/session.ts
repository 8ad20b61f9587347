import type { AnyContract, ApplicationName, Denial, Requirement, SessionClientOptions, SessionView } from '@single-state/core/adapter'
import { createSessionCalls, createSessionClient, requirementOf } from '@single-state/core/adapter'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify'

/** Makes the session of a Fastify 5 application: a plugin, and the calls that handlers make, in one typed value. */
export function createSession<C extends AnyContract, const A extends ApplicationName<C>>(contract: C, options: SessionClientOptions<A>) {
  const client = createSessionClient(contract, options)
  const sessions = new WeakMap<FastifyRequest, ReturnType<typeof client.open>>()
  const registered = Symbol('session')

  function sessionOf(request: FastifyRequest) {
    const session = sessions.get(request)
    if (!session) throw new TypeError('no session was opened for this request: app.register(session) comes before the routes that use it')
    return session
  }

  /** `app.register(session)`: opens the session of each request without reading it, and gives its headers to the answer. */
  async function plugin(app: FastifyInstance): Promise<void> {
    if (app.hasDecorator(registered)) return
    app.decorate(registered, true)
    app.addHook('onRequest', async (request) => void sessions.set(request, client.open(headOf(request))))
    app.addHook('onSend', async (request, reply) => {
      const changes = sessions.get(request)?.headersFor((name) => textOf(reply.getHeader(name)))
      if (changes) reply.headers(changes.set)
      if (changes?.setCookie) reply.header('set-cookie', changes.setCookie) // Fastify adds it beside the handler's own.
    })
  }

  /** Lets only requests with a session pass: as a hook, or around a handler, which is given the session. */
  function require<Route extends RouteGenericInterface>(
    requirement?: Requirement<SessionView<C, A>> | ((request: FastifyRequest<Route>) => Requirement<SessionView<C, A>>),
    handler?: (request: FastifyRequest<Route>, reply: FastifyReply<Route>, session: SessionView<C, A>) => unknown,
  ) {
    const asked = requirementOf<SessionView<C, A>, FastifyRequest<Route>>(requirement)
    return async (request: FastifyRequest<Route>, reply: FastifyReply<Route>) => {
      const passage = await sessionOf(request).check(asked(request))
      return 'denial' in passage ? deny(reply, passage.denial) : handler?.(request, reply, passage.session)
    }
  }

  /** `app.setErrorHandler(session.errors)`: answers what the calls reject with; other errors go on to the scope around it. */
  function errors(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const denial = sessions.get(request)?.denialFor(error)
    if (denial) return deny(reply, denial)
    throw error
  }

  // With the symbol the hooks belong to the scope that registers the plugin; without it they would end with the plugin.
  return Object.assign(plugin, createSessionCalls(client, sessionOf), { require, errors, [Symbol.for('skip-override')]: true })
}

function headOf({ method, protocol, host, originalUrl, headers }: FastifyRequest) {
  return { method, url: `${protocol}://${host}${originalUrl}`, headers: { get: (name: string) => textOf(headers[name]) } }
}

const textOf = (value: unknown) => (value === undefined ? null : String(value))
const deny = (reply: FastifyReply, { status, headers, body }: Denial) => reply.code(status).headers(headers).send(body)
