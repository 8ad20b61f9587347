import {
  type AnyContract,
  type ApplicationName,
  type ApplicationSession,
  type Requirement,
  requirementOf,
  type SessionView,
} from '@single-state/core/adapter'
import type { NextRequest } from 'next/server.js'
import { applyHeaders } from './apply-headers.ts'
import { keepCookie } from './keep-cookie.ts'
import type { Place, Places } from './places.ts'
import { requestHead } from './request-head.ts'

type RouteParams = Record<string, string | string[] | undefined>

/** What Next.js hands to a route handler beside the request. */
export interface RouteContext<Params> {
  readonly params: Promise<Params>
}

/** A route handler, to be exported as `GET`, `POST` and so on. */
export type RouteHandler<Params> = (request: NextRequest, context: RouteContext<Params>) => Promise<Response>

type Answer = Response | Promise<Response>

type Guarded<View, Params> = (request: NextRequest, context: RouteContext<Params> & { readonly session: View }) => Answer

type Asked<View, Params> =
  | Requirement<View>
  | ((request: NextRequest, context: RouteContext<Params>) => Requirement<View> | Promise<Requirement<View>>)

/** The wrappers of route handlers: refusals and our errors are answered by the status map, and every answer gets the session's headers. */
export interface Routes<View> {
  /** A handler for people who are signed in. */
  route<Params extends RouteParams = RouteParams>(handler: Guarded<View, Params>): RouteHandler<Params>
  /** A handler for those who meet the requirement, which may depend on the request: the tenant it acts for, say. */
  route<Params extends RouteParams = RouteParams>(requirement: Asked<View, Params>, handler: Guarded<View, Params>): RouteHandler<Params>
  /** A handler for everybody, that may ask for the session itself. */
  publicRoute<Params extends RouteParams = RouteParams>(
    handler: (request: NextRequest, context: RouteContext<Params>) => Answer,
  ): RouteHandler<Params>
}

/** Makes the wrappers; `require` is the application's own call, which finds the session of the request that is wrapped. */
export function createRoutes<C extends AnyContract, A extends ApplicationName<C>>(
  places: Places<ApplicationSession<C, A>>,
  require: (requirement: Requirement<SessionView<C, A>>) => Promise<SessionView<C, A>>,
): Routes<SessionView<C, A>> {
  const publicRoute: Routes<unknown>['publicRoute'] = (handler) => async (request, context) => {
    const { pathname, search } = new URL(request.url)
    const place = await places.enter(requestHead(request.method, `${pathname}${search}`, request.headers))
    return place ? answerIn(place, async () => handler(request, context)) : handler(request, context)
  }

  function route<Params extends RouteParams>(
    ...given: [Guarded<SessionView<C, A>, Params>] | [Asked<SessionView<C, A>, Params>, Guarded<SessionView<C, A>, Params>]
  ): RouteHandler<Params> {
    const [asked, handler] = given.length === 1 ? [{}, given[0]] : given
    // What does not depend on the request is checked now, rather than when somebody comes.
    if (typeof asked !== 'function') requirementOf(asked)
    return publicRoute<Params>(async (request, context) => {
      const given = typeof asked === 'function' ? await asked(request, context) : asked
      // A function that answers nothing would ask nothing, and so let everybody pass who is signed in.
      const session = await require(requirementOf<SessionView<C, A>, Request>(() => given)(request))
      return handler(request, { ...context, session })
    })
  }

  return { route, publicRoute }
}

async function answerIn<C extends AnyContract, A extends ApplicationName<C>>(
  place: Place<ApplicationSession<C, A>>,
  handle: () => Promise<Response>,
): Promise<Response> {
  const { session, refusals } = place
  try {
    return withHeaders(await handle(), session)
  } catch (error) {
    const denial = refusals?.get(error as object) ?? session.denialFor(error)
    if (denial) return withHeaders(new Response(denial.body === '' ? null : denial.body, denial), session)
    // `redirect()` and `notFound()` are errors too, which Next.js answers.
    await keepCookie(place)
    throw error
  }
}

/** A copy: the headers of `Response.redirect` cannot be changed. */
function withHeaders(response: Response, session: Pick<ApplicationSession<never, never>, 'headersFor'>): Response {
  const changes = session.headersFor((name) => response.headers.get(name))
  if (!changes) return response
  const copy = new Response(response.body, response)
  applyHeaders(copy.headers, changes)
  return copy
}
