import {
  type AnyContract,
  type ApplicationName,
  type ApplicationSession,
  createSessionCalls,
  createSessionClient,
  type Denial,
  type Requirement,
  type SessionCalls,
  type SessionClientOptions,
  type SessionView,
} from '@single-state/core/adapter'
import type { Context, MiddlewareHandler } from 'hono'

/** The session of a Hono application: a middleware, and the calls that handlers make, in one typed value. */
export interface HonoSession<C extends AnyContract, A extends ApplicationName<C>> extends SessionCalls<C, A, Context>, MiddlewareHandler {
  /**
   * Lets only requests with a session pass; the handlers after it have it as `c.var.session`. A requirement that depends on
   * the request, such as the tenant it acts for, is given as a function.
   */
  require(
    requirement?: Requirement<SessionView<C, A>> | ((context: Context) => Requirement<SessionView<C, A>>),
  ): MiddlewareHandler<{ Variables: { session: SessionView<C, A> } }>
}

/**
 * Makes the session of a Hono application, on Node.js or any platform with `fetch`.
 *
 * ```ts
 * export const session = createSession(contract, { application: 'billing' })
 * app.use(session)
 * app.get('/', session.require(), (c) => c.text(c.var.session.identity.subject))
 * ```
 *
 * @throws TypeError that names the option when address, key or application do not fit.
 */
export function createSession<C extends AnyContract, const A extends ApplicationName<C>>(
  contract: C,
  options: SessionClientOptions<A>,
): HonoSession<C, A> {
  const client = createSessionClient(contract, options)
  const sessions = new WeakMap<Request, ApplicationSession<C, A>>()

  function sessionOf(context: Context): ApplicationSession<C, A> {
    const session = sessions.get(context.req.raw)
    if (!session) throw new TypeError('no session was opened for this request: app.use(session) comes before the routes that use it')
    return session
  }

  const open: MiddlewareHandler = async (context, next) => {
    if (sessions.has(context.req.raw)) return next()
    const session = client.open(context.req.raw)
    sessions.set(context.req.raw, session)
    await next()
    const denial = context.error && session.denialFor(context.error)
    if (denial) context.res = toResponse(denial)
    applyHeaders(session, context)
  }

  const require: HonoSession<C, A>['require'] = (requirement) => {
    return async (context, next) => {
      const asked = typeof requirement === 'function' ? requirement(context) : requirement
      const passage = await sessionOf(context).check(asked)
      if ('denial' in passage) return toResponse(passage.denial)
      context.set('session', passage.session)
      return next()
    }
  }

  return Object.assign(open, createSessionCalls(client, sessionOf), { require })
}

function applyHeaders<C extends AnyContract, A extends ApplicationName<C>>(session: ApplicationSession<C, A>, context: Context): void {
  const { headers } = context.res
  const changes = session.headersFor({ cacheControl: headers.get('cache-control'), vary: headers.get('vary') })
  if (!changes) return
  for (const [name, value] of Object.entries(changes.set)) context.header(name, value)
  // Beside the handler's own cookies, never instead of them.
  if (changes.setCookie) context.header('set-cookie', changes.setCookie, { append: true })
}

function toResponse({ status, headers, body }: Denial): Response {
  return new Response(body === '' ? null : body, { status, headers })
}
