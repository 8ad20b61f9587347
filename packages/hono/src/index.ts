import {
  type AnyContract,
  type ApplicationName,
  type ApplicationSession,
  createSessionCalls,
  createSessionClient,
  type Denial,
  type Requirement,
  requirementOf,
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
  // Nobody else has this name, and a property costs a tenth of what a WeakMap of contexts does.
  const opened = Symbol('the session of this request')
  type Opened = Context & { [opened]?: ApplicationSession<C, A> }

  function sessionOf(context: Context): ApplicationSession<C, A> {
    const session = (context as Opened)[opened]
    if (!session) throw new TypeError('no session was opened for this request: app.use(session) comes before the routes that use it')
    return session
  }

  const open: MiddlewareHandler = async (context: Opened, next) => {
    if (context[opened]) return next()
    const session = client.open(context.req.raw)
    context[opened] = session
    await next()
    const denial = context.error && session.denialFor(context.error)
    if (denial) deny(context, denial)
    applyHeaders(session, context)
  }

  type Passage = Awaited<ReturnType<ApplicationSession<C, A>['check']>>
  const require: HonoSession<C, A>['require'] = (requirement) => {
    const asked = requirementOf<SessionView<C, A>, Context>(requirement)
    return (context, next) => {
      const pass = (passage: Passage): Promise<void> => {
        if ('denial' in passage) return Promise.resolve(deny(context, passage.denial))
        context.set('session', passage.session)
        return next()
      }
      const passage = sessionOf(context).check(asked(context))
      return passage instanceof Promise ? passage.then(pass) : pass(passage)
    }
  }

  return Object.assign(open, createSessionCalls(client, sessionOf), { require })
}

function applyHeaders<C extends AnyContract, A extends ApplicationName<C>>(session: ApplicationSession<C, A>, context: Context): void {
  const changes = session.headersFor((name) => context.res.headers.get(name))
  if (!changes) return
  for (const [name, value] of Object.entries(changes.set)) setHeader(context, name, value)
  // Beside the handler's own cookies, never instead of them.
  if (changes.setCookie) context.header('set-cookie', changes.setCookie, { append: true })
}

/** `context.header` copies the whole answer first, at several times the cost of a read; only that of a `fetch` needs it, which cannot be changed. */
function setHeader(context: Context, name: string, value: string): void {
  try {
    context.res.headers.set(name, value)
  } catch {
    context.header(name, value)
  }
}

function deny(context: Context, { status, headers, body }: Denial): void {
  context.res = new Response(body === '' ? null : body, { status, headers })
  // Hono lets the headers of the response before win over those of the new one: a refusal must not become cacheable by them.
  for (const [name, value] of Object.entries(headers)) context.header(name, value)
}
