import { SessionError } from '@single-state/core/protocol'
import type { Context, Hono } from 'hono'
import type { GatewayEnv } from '../http/env.ts'
import { ProblemError } from '../http/problem.ts'
import { bodyLimits, readJson } from '../http/read-json.ts'
import { bearerOf, contractRevisionOf } from '../http/request-headers.ts'
import { type Application, claimedApplication } from '../policy/applications.ts'
import type { GatewayPorts } from '../ports.ts'
import { traceIdOf } from '../telemetry/trace.ts'
import type { BodyOf, Operation, QueryOf } from './operation.ts'

/** A request of one operation, once everything that does not need its session has been judged. */
export interface Call<O extends Operation = Operation> {
  readonly request: Request
  readonly application: O['proof'] extends 'none' ? null : Application
  readonly body: BodyOf<O>
  /** The body as it came, for the hash of a repeatable write. */
  readonly bodyText: string
  readonly query: QueryOf<O>
  /** Decoded parameters of the path. */
  readonly param: (name: string) => string
  /** The session token that was shown, not judged yet. */
  readonly token: string | null
  readonly traceId: string | null
}

export type Handler<O extends Operation> = (ports: GatewayPorts, call: Call<O>) => Promise<Response>

/** Serves an operation. Judged in the order of RFC 9110 section 13.2.1: size, form, application; the rest is the handler's. */
export function mount<O extends Operation>(app: Hono<GatewayEnv>, ports: GatewayPorts, operation: O, handler: Handler<O>): void {
  const [method, path] = operation.forProxies ? ['ALL', `${operation.path}/*`] : [operation.method.toUpperCase(), operation.path]
  app.on(method, path, async (c) => {
    const request = c.req.raw
    const revision = operation.path.startsWith('/v1/') && !operation.forProxies ? contractRevisionOf(request) : null
    const { text, value } = operation.body ? await readJson(request, operation.limits ?? bodyLimits) : { text: '', value: undefined }
    const body = operation.body ? parseBody(operation, value) : undefined
    // The path behind that of a proxy's question is its own affair, and names nobody here.
    if (!operation.forProxies) checkPath(request)
    const query = operation.query ? parseQuery(operation, c.req.query()) : undefined
    const application = operation.proof === 'none' ? null : authenticate(ports, request, c, operation)
    if (operation.proof === 'operator' && application?.operates !== 'all') throw new ProblemError('application_denied')
    const call = {
      request,
      application,
      body,
      bodyText: text,
      query,
      param: (name: string) => c.req.param(name) ?? '',
      token: request.headers.get('session-token'),
      traceId: traceIdOf(request),
    } as Call<O>
    const response = await handler(ports, call)
    if (revision !== null) response.headers.set('Contract-Revision', revision)
    return response
  })
}

/** RFC 3986 section 2.1. A name that cannot be decoded must not be taken for the name of somebody else. */
function checkPath({ url }: Request): void {
  if (!url.includes('%')) return
  try {
    decodeURIComponent(new URL(url).pathname)
  } catch {
    throw new ProblemError('request_invalid', { detail: 'the path is not percent-encoded UTF-8' })
  }
}

/** The application of the key that was shown. A wrong key that names one is logged as that application's: somebody has to find it. */
function authenticate(ports: GatewayPorts, request: Request, c: Context<GatewayEnv>, { forProxies }: Operation): Application {
  const key = bearerOf(request)
  const application = key === null ? null : ports.applications.identify(key)
  if (application) {
    c.set('application', application.name)
    return application
  }
  const claimed = ports.applications.all.find(({ name }) => key !== null && name === claimedApplication(key))?.name
  const retryAfterMs = key === null ? null : ports.failedKeys.failed(claimed ?? '', c.env.address)
  // Once there are too many, nobody is told again: not whoever shows them, and not the log.
  if (claimed && retryAfterMs === null)
    ports.log.warn({ application: claimed }, 'an application key was refused that names this application but is not its key')
  if (forProxies) throw new ProblemError('store_unavailable', { detail: 'the key of the proxy is not known' })
  if (retryAfterMs !== null) throw new SessionError('rate_limited', undefined, { retryAfterMs })
  throw new ProblemError('application_unknown')
}

function parseBody(operation: Operation, value: unknown): unknown {
  const parsed = operation.body?.safeParse(value)
  if (parsed?.success) return parsed.data
  const paths = parsed?.error.issues.map(({ path }) => path.map(nameOf).join('.')) ?? []
  const isReasonOnly = paths.length > 0 && paths.every((path) => path === 'reason')
  if (isReasonOnly && operation.codes.includes('reason_required')) throw new ProblemError('reason_required')
  const where = paths
    .filter((path) => path !== '')
    .slice(0, 10)
    .join(', ')
  throw new ProblemError('request_invalid', {
    detail: where === '' ? 'the body has not the members it should have' : `not as expected: ${where}`,
  })
}

/** Names of members help who sent them; what is no name of ours could be anything, and says nothing. */
function nameOf(part: PropertyKey): string {
  return /^[A-Za-z0-9_.-]{1,128}$/.test(String(part)) ? String(part) : '(no name)'
}

function parseQuery(operation: Operation, value: Record<string, string>): unknown {
  const parsed = operation.query?.safeParse(value)
  if (parsed?.success) return parsed.data
  const names = parsed?.error.issues.map(({ path }) => path.join('.')).join(', ')
  throw new ProblemError('request_invalid', { detail: `not as expected in the query: ${names}` })
}
