import { isSessionError, SessionError } from '@single-state/core/errors'
import { meetsAssurance, readCookies } from '@single-state/core/protocol'
import type { FailureWords } from '../pages/failure-page.ts'
import { causeText } from './cause-text.ts'
import { failureAnswer } from './failure-answer.ts'
import { loginPath } from './login.ts'
import type { LoginPorts, SessionStart } from './login-ports.ts'
import type { Authentication } from './provider.ts'
import { openTransaction, type PendingLogin, transactionCookieName } from './transaction.ts'
import { transactionCookieRemoval } from './transaction-cookies.ts'

/** Why a login that the provider has answered does not become a session. */
type Refusal = 'cancelled' | 'assurance_insufficient' | Extract<SessionStart, { kind: 'refused' }>['why']

const refusals: Record<Refusal, FailureWords> = {
  cancelled: { title: 'You are not signed in', text: 'The sign-in was cancelled. Nothing has been changed.' },
  assurance_insufficient: {
    title: 'This sign-in is not enough',
    text: 'What you want to do needs a stronger or more recent sign-in than the one that your identity provider has vouched for. You are as signed in as before.',
  },
  subject_ended: {
    title: 'You have been signed out everywhere',
    text: 'All your sessions were ended while this sign-in was under way, so it no longer counts. Please sign in again.',
  },
  too_many_sessions: {
    title: 'You are signed in in too many places',
    text: 'Sign out in another browser or on another device, then try again.',
  },
  derive_failed: {
    title: 'You are not signed in',
    text: 'Your account could not be matched with what the applications need. Please tell the people who run this service.',
  },
}

/**
 * `GET /callback`: judges what the browser brings back from the provider, starts the session and sends the browser on.
 *
 * Rejections: `login_failed` for an answer to a login that this browser has not begun, or not lately: unsolicited,
 * replayed, swapped, changed.
 */
export async function callback(ports: LoginPorts, request: Request): Promise<Response> {
  const { search, searchParams } = new URL(request.url)
  const states = searchParams.getAll('state')
  const state = states.length === 1 ? (states[0] as string) : ''
  const name = transactionCookieName(state)
  const cookie = readCookies(request.headers.get('cookie'), name)
  const pending = cookie.kind === 'value' ? await openTransaction(cookie.value, state, ports.transactionKey, ports.now()) : null
  if (!pending) {
    ports.log.warn({ traceId: ports.traceIdOf(request) }, 'a login answer came that this browser does not wait for')
    throw new SessionError('login_failed')
  }
  const response = await finish(ports, request, new URL(search, pending.redirectUri), pending)
  // While the provider is away its code may still be good: a reload of this page tries it again.
  if (response.status !== 503) response.headers.append('Set-Cookie', transactionCookieRemoval(name))
  return response
}

async function finish(ports: LoginPorts, request: Request, answer: URL, pending: PendingLogin): Promise<Response> {
  const refuse = (error: SessionError, why?: Refusal) =>
    failureAnswer(ports, request, error, {
      ...(why && { words: refusals[why] }),
      action: { label: 'Try again', href: loginPath(pending) },
    })
  try {
    const authentication = await ports.idp.finish(answer, pending)
    // A provider need not do what it was asked for; to go on would only send the person round in a circle.
    if (!meetsAssurance(authentication, pending.assurance, ports.now())) {
      return await refuse(new SessionError('assurance_insufficient'), 'assurance_insufficient')
    }
    const start = await startSession(ports, request, authentication, pending.endingsAtStart)
    if (start.kind === 'refused') return await refuse(new SessionError('login_failed'), start.why)
    return new Response(null, { status: 302, headers: { Location: pending.returnTo, 'Set-Cookie': start.setCookie } })
  } catch (error) {
    if (!isSessionError(error)) throw error
    ports.log.warn({ traceId: ports.traceIdOf(request), code: error.code, cause: causeText(error.cause) }, 'a login came to nothing')
    return await refuse(error, answer.searchParams.get('error') === 'access_denied' ? 'cancelled' : undefined)
  }
}

function startSession(ports: LoginPorts, request: Request, authentication: Authentication, endingsAtStart: number): Promise<SessionStart> {
  const presented = readCookies(request.headers.get('cookie'), ports.cookie.name)
  return ports.startSession(authentication, {
    endingsAtStart,
    presentedToken: presented.kind === 'value' ? presented.value : null,
    traceId: ports.traceIdOf(request),
  })
}
