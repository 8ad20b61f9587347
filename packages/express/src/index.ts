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
import { nodeRequestHead, undiciTransport } from '@single-state/core/node'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import onHeaders from 'on-headers'

// biome-ignore lint/suspicious/noExplicitAny: the other parameters of a handler are the route's, and inferred from it.
type HandlerWith<Locals extends Record<string, unknown>> = RequestHandler<any, any, any, any, Locals>

/** The session of an Express application: a middleware, and the calls that handlers make, in one typed value. */
export interface ExpressSession<C extends AnyContract, A extends ApplicationName<C>> extends SessionCalls<C, A, Request> {
  /** `app.use(session)`, before the routes: opens the session of each request without reading it, and gives its headers to the answer. */
  (request: Request, response: Response, next: NextFunction): void
  /**
   * Lets only requests with a session pass; the handlers after it have it as `response.locals.session`. A requirement that
   * depends on the request, such as the tenant it acts for, is given as a function.
   */
  require(
    requirement?: Requirement<SessionView<C, A>> | ((request: Request) => Requirement<SessionView<C, A>>),
  ): HandlerWith<{ session: SessionView<C, A> }>
  /** `app.use(session.errors)`, after the routes: answers what `get` and `update` reject with by the status map, and passes every other error on. */
  errors(error: unknown, request: Request, response: Response, next: NextFunction): void
}

/**
 * Makes the session of an Express 4 or 5 application.
 *
 * ```ts
 * export const session = createSession(contract, { application: 'portal' })
 * app.use(session)
 * app.get('/', session.require(), (req, res) => res.send(res.locals.session.identity.subject))
 * ```
 *
 * @throws TypeError that names the option when address, key or application do not fit.
 */
export function createSession<C extends AnyContract, const A extends ApplicationName<C>>(
  contract: C,
  options: SessionClientOptions<A>,
): ExpressSession<C, A> {
  const client = createSessionClient(contract, { transport: undiciTransport(), ...options })
  // Nobody else has this name, and a property costs a tenth of what a WeakMap of requests does.
  const opened = Symbol('the session of this request')
  type Opened = Request & { [opened]?: ApplicationSession<C, A> }

  function sessionOf(request: Opened): ApplicationSession<C, A> {
    const session = request[opened]
    if (!session) throw new TypeError('no session was opened for this request: app.use(session) comes before the routes that use it')
    return session
  }

  function open(request: Opened, response: Response, next: NextFunction): void {
    if (!request[opened]) {
      const session = client.open(nodeRequestHead(request))
      request[opened] = session
      onHeaders(response, () => applyHeaders(session, response))
    }
    next()
  }

  type Passage = Awaited<ReturnType<ApplicationSession<C, A>['check']>>
  const require: ExpressSession<C, A>['require'] = (requirement) => {
    const asked = requirementOf<SessionView<C, A>, Request>(requirement)
    return (request, response, next) => {
      const pass = (passage: Passage) => {
        if ('denial' in passage) return send(response, passage.denial)
        response.locals.session = passage.session
        next()
      }
      const passage = sessionOf(request).check(asked(request))
      // Express 4 does not wait for handlers: what they reject with is handed to `next` here.
      return passage instanceof Promise ? passage.then(pass, next) : pass(passage)
    }
  }

  function errors(error: unknown, request: Opened, response: Response, next: NextFunction): void {
    const denial = response.headersSent ? null : request[opened]?.denialFor(error)
    if (denial) send(response, denial)
    else next(error)
  }

  return Object.assign(open, createSessionCalls(client, sessionOf), { require, errors })
}

function applyHeaders<C extends AnyContract, A extends ApplicationName<C>>(session: ApplicationSession<C, A>, response: Response): void {
  const changes = session.headersFor((name) => headerOf(response, name))
  if (!changes) return
  for (const [name, value] of Object.entries(changes.set)) response.setHeader(name, value)
  // Beside the handler's own cookies, never instead of them.
  if (changes.setCookie) response.appendHeader('set-cookie', changes.setCookie)
}

function headerOf(response: Response, name: string): string | null {
  const value = response.getHeader(name)
  return value === undefined ? null : String(value)
}

function send(response: Response, { status, headers, body }: Denial): void {
  response.status(status).set(headers).end(body)
}
