import {
  codes,
  isDueForExchange,
  isSessionError,
  readCookies,
  SessionError,
  serializeCookie,
  sessionContextHeader,
} from '@single-state/core/protocol'
import { documentFor, tagFor } from '../http/respond.ts'
import type { Application } from '../policy/applications.ts'
import type { VerifiedToken } from '../policy/standing.ts'
import type { GatewayPorts } from '../ports.ts'
import { admit, type OpenSession, verifyPresented } from '../presented.ts'
import { signContext } from '../tokens/session-context.ts'
import { exchangeShown } from './exchange-token.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'

/** The session of a proxy's request, and the token to hand to the browser where the old one was due. */
interface Found {
  readonly session: OpenSession
  readonly successor: string | null
}

/**
 * `GET /v1/forward-auth`: 200 with the session context, 401 when nobody is signed in, 503 for everything that is nobody's
 * sign-out. Of what the browser sent only its cookie counts; a header of ours in its request is the browser's own idea.
 */
export const forwardAuth: Handler<typeof operations.forwardAuth> = async (ports, { application, request, traceId }) => {
  // Before the session is read: a context is never younger than what it says.
  const askedAtMs = ports.now()
  try {
    const shown = await verifyPresented(ports, cookieOf(ports, request))
    const { session, successor } = await find(ports, application, shown, traceId)
    const context = await contextOf(ports, application, session, { gen: shown.claims.gen, askedAtMs })
    const headers = new Headers({ 'Cache-Control': 'private, no-store' })
    if (context !== null) headers.set(sessionContextHeader, context)
    if (successor !== null) headers.set('Set-Cookie', serializeCookie(ports.cookie, successor))
    return new Response(null, { headers })
  } catch (error) {
    throw refusalOf(error)
  }
}

function cookieOf({ cookie }: GatewayPorts, request: Request): string | null {
  const found = readCookies(request.headers.get('cookie'), cookie.name)
  if (found.kind === 'ambiguous') throw new SessionError('credentials_ambiguous')
  return found.kind === 'value' ? found.value : null
}

/** As adapters do: a token is exchanged at half of its life and always once it has expired, else the session is read. */
async function find(ports: GatewayPorts, application: Application, shown: VerifiedToken, traceId: string | null): Promise<Found> {
  const { iat, exp, sid } = shown.claims
  if (!shown.expired && !isDueForExchange(iat * 1_000, exp * 1_000, ports.now())) return read()
  try {
    const { session, issued } = await exchangeShown(ports, application, shown, traceId)
    return { session, successor: issued.token }
  } catch (error) {
    // The token is still good: a store that takes no writes must not stop reads.
    if (!shown.expired && isSessionError(error) && codes[error.code].retryable) return read()
    throw error
  }

  async function read(): Promise<Found> {
    const { records, ...position } = await ports.store.read([sid])
    return { session: await admit(ports, shown, records[0] ?? null, position), successor: null }
  }
}

async function contextOf(
  ports: GatewayPorts,
  application: Application,
  session: OpenSession,
  { gen, askedAtMs }: { readonly gen: number; readonly askedAtMs: number },
): Promise<string | null> {
  const { seq, epoch } = session.position
  const document = documentFor(application, session)
  const said = {
    iss: ports.origin,
    aud: application.name,
    gen,
    document,
    etag: tagFor(application, session.record),
    seq,
    epoch,
  }
  const context = await signContext(said, ports.keys.signing(), askedAtMs)
  if (context === null) ports.log.warn({ application: application.name }, 'a session is too large to be passed on in a header')
  return context
}

/** 401 says that nobody is signed in and 400 that the request is at fault; whatever else a proxy is told, it is for now. */
function refusalOf(error: unknown): unknown {
  if (!isSessionError(error)) return error
  const { status } = codes[error.code]
  return status === 400 || status === 401 || status === 503 ? error : new SessionError('store_unavailable', undefined, { cause: error })
}
