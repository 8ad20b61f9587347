import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { GatewayEnv } from '../http/env.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { traceIdOf, withServerSpan } from './trace.ts'

/** One log line, one span and one count for each request. They name the route, never the address: it may hold an id. */
export function observeRequests(log: Log, metrics: Metrics): MiddlewareHandler<GatewayEnv> {
  return (c, next) =>
    withServerSpan(c.req.raw, async () => {
      const startedAt = performance.now()
      await next()
      const seconds = (performance.now() - startedAt) / 1_000
      const method = nameOfMethod(c.req.method)
      const { status } = c.res
      const route = nameOfRoute(routePath(c, -1))
      metrics.request(route, method, status, seconds)
      const fields = {
        method,
        route,
        status,
        code: c.get('code'),
        durationMs: Math.round(seconds * 1e6) / 1e3,
        application: c.get('application'),
        traceId: traceIdOf(c.req.raw),
      }
      // Eight a second from every process that reads by a lease.
      const isRoutine = route === '/v1/heartbeat' && status === 200
      log[isRoutine ? 'debug' : 'info'](fields, 'request')
      return {
        name: `${method} ${route}`,
        attributes: { 'http.request.method': method, 'http.route': route, 'http.response.status_code': status },
        failed: status >= 500,
      }
    })
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE'])

/** Anybody can make up a method; OpenTelemetry's conventions have one name for all of those. */
function nameOfMethod(method: string): string {
  return methods.has(method) ? method : '_OTHER'
}

/** What no route answers has one name, so that a scanner cannot fill the metrics with names of its own. */
function nameOfRoute(path: string): string {
  return path.includes('*') ? '(none)' : path
}
