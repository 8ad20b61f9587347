import { isSessionError } from '@single-state/core/errors'
import { isOwnRequest, readCookies, SessionError, serializeCookieRemoval } from '@single-state/core/protocol'
import { homePage } from '../pages/home-page.ts'
import type { FormReach } from '../pages/layout.ts'
import { signOutPage } from '../pages/sign-out-page.ts'
import { causeText } from './cause-text.ts'
import type { LoginPorts } from './login-ports.ts'
import { readForm } from './read-form.ts'
import { judgeReturnTo } from './return-to.ts'

/** Where the provider sends the browser when its own session has ended: the one address to register there. */
const donePath = '/logout/done'

/**
 * What the browser forgets of the gateway's own origin. Not `"cookies"`: that takes those of every host under the same
 * registrable domain along (Clear Site Data section 3.1), whosever they are; ours is taken back by name.
 */
const clearedData = '"cache", "storage"'

/** `GET /logout?return_to=…`: asks whether to sign out. */
export async function askToLogOut(ports: LoginPorts, request: Request): Promise<Response> {
  const returnTo = judgeReturnTo(new URL(request.url).searchParams.getAll('return_to'), ports.allowedOrigins, ports.origin)
  return signOutPage({ contract: ports.contract.name, returnTo, forms: formReach(ports) })
}

/**
 * `POST /logout`: ends the session here, takes the cookie back and sends the browser to the provider, so that its own
 * session ends too, or straight to `return_to` where the provider has no such place or does not answer.
 *
 * Rejections, after which the session is what it was: `cross_site`, `credentials_ambiguous`, `request_invalid`,
 * `store_unavailable`.
 */
export async function logOut(ports: LoginPorts, request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  const head = { method: request.method, url: ports.origin + pathname, headers: request.headers }
  if (!isOwnRequest(head, [...ports.allowedOrigins])) throw new SessionError('cross_site')
  const cookie = readCookies(request.headers.get('cookie'), ports.cookie.name)
  if (cookie.kind === 'ambiguous') throw new SessionError('credentials_ambiguous')
  const asked = [...searchParams.getAll('return_to'), ...(await readForm(request)).getAll('return_to')]
  const returnTo = judgeReturnTo(asked, ports.allowedOrigins, ports.origin)
  if (cookie.kind === 'value') await ports.endPresented(cookie.value, 'logout', ports.traceIdOf(request))
  const location = await endAtProvider(ports, request, returnTo)
  const headers = { Location: location, 'Set-Cookie': serializeCookieRemoval(ports.cookie), 'Clear-Site-Data': clearedData }
  return new Response(null, { status: 302, headers })
}

/** `GET /logout/done?state=…`: the way back from the provider. `state` is the `return_to` of before, and judged like it. */
export async function loggedOut(ports: LoginPorts, request: Request): Promise<Response> {
  const states = new URL(request.url).searchParams.getAll('state')
  if (states.length === 0) return homePage(ports.contract.name)
  const location = judgeReturnTo(states, ports.allowedOrigins, ports.origin)
  return new Response(null, { status: 302, headers: { Location: location } })
}

/** The session has ended by now, so a provider that is away must not turn the sign-out into a failure. */
async function endAtProvider(ports: LoginPorts, request: Request, returnTo: string): Promise<string> {
  try {
    // Providers know return addresses letter by letter; ours is one, and what differs travels in `state`
    // (OpenID Connect RP-Initiated Logout section 2).
    return (await ports.idp.endSessionUrl(ports.origin + donePath, returnTo))?.href ?? returnTo
  } catch (error) {
    if (!isSessionError(error)) throw error
    const fields = { traceId: ports.traceIdOf(request), code: error.code, cause: causeText(error.cause) }
    ports.log.warn(fields, 'a sign-out did not reach the identity provider')
    return returnTo
  }
}

/** Applications under development are reached by plain HTTP. */
function formReach({ allowedOrigins, origin }: LoginPorts): FormReach {
  return [...allowedOrigins, origin].some((allowed) => allowed.startsWith('http:')) ? 'http' : 'https'
}
