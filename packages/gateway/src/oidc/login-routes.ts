import { isSessionError, SessionError } from '@single-state/core/errors'
import { Hono } from 'hono'
import type { GatewayEnv } from '../http/env.ts'
import { homePage } from '../pages/home-page.ts'
import { wantsPage } from '../pages/wants-page.ts'
import { createBackchannelLogout } from './backchannel-logout.ts'
import { callback } from './callback.ts'
import { type FailureContext, failureAnswer } from './failure-answer.ts'
import { login } from './login.ts'
import type { LoginPorts } from './login-ports.ts'
import { askToLogOut, loggedOut, logOut } from './logout.ts'

/** What each address takes; `HEAD` is a `GET` whose body stays here. */
const allowedMethods = {
  '/login': 'GET, HEAD',
  '/callback': 'GET, HEAD',
  '/logout': 'GET, HEAD, POST',
  '/logout/done': 'GET, HEAD',
  '/backchannel-logout': 'POST',
}

/**
 * The part of the gateway that people meet: signing in and out, and the pages of a provider that lives in the gateway
 * itself. Answers are pages for people and `application/problem+json` for programs; what is no `SessionError` is left to
 * the gateway's own boundary.
 */
export function loginRoutes(ports: LoginPorts): Hono<GatewayEnv> {
  const routes = new Hono<GatewayEnv>()
  const backchannelLogout = createBackchannelLogout(ports)
  routes.get('/login', ({ req }) => login(ports, req.raw))
  routes.get('/callback', ({ req }) => callback(ports, req.raw))
  routes.get('/logout', ({ req }) => askToLogOut(ports, req.raw))
  routes.post('/logout', ({ req }) => logOut(ports, req.raw))
  routes.get('/logout/done', ({ req }) => loggedOut(ports, req.raw))
  routes.post('/backchannel-logout', ({ req }) => backchannelLogout(req.raw))
  for (const [path, allowed] of Object.entries(allowedMethods)) routes.all(path, ({ req }) => refuseMethod(ports, req.raw, allowed))
  routes.all('/development/*', async ({ req }, next) => (await ports.idp.page(req.raw)) ?? next())
  routes.get('/', ({ req }, next) => (wantsPage(req.raw) ? homePage(ports.contract.name) : next()))
  routes.onError((error, c) => {
    if (!isSessionError(error)) throw error
    c.set('code', error.code)
    return failureAnswer(ports, c.req.raw, error, wayOnOf(c.req.raw, error))
  })
  return routes
}

/** RFC 9110 section 15.5.6: a 405 says what is allowed. */
async function refuseMethod(ports: LoginPorts, request: Request, allowed: string): Promise<Response> {
  const response = await failureAnswer(ports, request, new SessionError('method_not_allowed'))
  response.headers.set('Allow', allowed)
  return response
}

/** What a person can do about a failure, by where it happened. An address that was refused is not offered again. */
function wayOnOf(request: Request, { code }: SessionError): FailureContext {
  const { pathname, search } = new URL(request.url)
  if (code === 'request_invalid') return {}
  if (pathname === '/logout') return { action: { label: 'Sign out', href: `/logout${search}` } }
  if (pathname === '/login') return { action: { label: 'Try again', href: `/login${search}` } }
  return { action: { label: 'Sign in', href: '/login' } }
}
