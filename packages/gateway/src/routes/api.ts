import { Hono } from 'hono'
import type { GatewayEnv } from '../http/env.ts'
import { errorBoundary, nothingHere } from '../http/error-boundary.ts'
import { ProblemError, problemResponse } from '../http/problem.ts'
import { securityHeaders } from '../http/security-headers.ts'
import type { GatewayPorts } from '../ports.ts'
import { observeRequests } from '../telemetry/observe.ts'
import { audit, auditOfSession, verify } from './audit.ts'
import { endSession } from './end-session.ts'
import { exchangeToken } from './exchange-token.ts'
import { forwardAuth } from './forward-auth.ts'
import { heartbeat } from './heartbeat.ts'
import { mount } from './mount.ts'
import type { Operation } from './operation.ts'
import { operations } from './operations.ts'
import { endAll, endAnySession, endSubject, inspectSession, listSubject } from './operator-sessions.ts'
import { endOthers, listOthers } from './other-sessions.ts'
import { publishSignal } from './publish-signal.ts'
import { readSession } from './read-session.ts'
import { readSessions } from './read-sessions.ts'
import { refreshSubject } from './refresh-subject.ts'
import { rotateKeys } from './rotate-keys.ts'
import { updateSession } from './update-session.ts'
import { alive, describeApplication, keys, metrics, openapi, ready } from './well-known.ts'

/** The whole HTTP side of a gateway: the calls of the table, the login, and around both what every answer has. */
export function createApi(ports: GatewayPorts, login: Hono<GatewayEnv>): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>()
  app.use('*', observeRequests(ports.log, ports.metrics))
  app.use('*', securityHeaders(ports.origin))
  mountAll(app, ports)
  refuseOtherMethods(app, ports.origin)
  app.route('/', login)
  app.onError(errorBoundary(ports.origin, ports.log))
  app.notFound(nothingHere(ports.origin))
  return app
}

function mountAll(app: Hono<GatewayEnv>, ports: GatewayPorts): void {
  mount(app, ports, operations.application, describeApplication)
  mount(app, ports, operations.readSession, readSession)
  mount(app, ports, operations.readSessions, readSessions)
  mount(app, ports, operations.updateSession, updateSession)
  mount(app, ports, operations.publishSignal, publishSignal)
  mount(app, ports, operations.exchangeToken, exchangeToken)
  mount(app, ports, operations.endSession, endSession)
  mount(app, ports, operations.forwardAuth, forwardAuth)
  mount(app, ports, operations.listOthers, listOthers)
  mount(app, ports, operations.endOthers, endOthers)
  mount(app, ports, operations.inspectSession, inspectSession)
  mount(app, ports, operations.endAnySession, endAnySession)
  mount(app, ports, operations.listSubject, listSubject)
  mount(app, ports, operations.endSubject, endSubject)
  mount(app, ports, operations.endAll, endAll)
  mount(app, ports, operations.refreshSubject, refreshSubject)
  mount(app, ports, operations.audit, audit)
  mount(app, ports, operations.verifyAudit, verify)
  mount(app, ports, operations.auditOfSession, auditOfSession)
  mount(app, ports, operations.heartbeat, heartbeat)
  mount(app, ports, operations.rotateKeys, rotateKeys)
  mount(app, ports, operations.keys, keys)
  mount(app, ports, operations.openapi, openapi())
  mount(app, ports, operations.alive, alive)
  mount(app, ports, operations.ready, ready)
  mount(app, ports, operations.metrics, metrics)
}

/** RFC 9110 section 15.5.6: a 405 says what is allowed. */
function refuseOtherMethods(app: Hono<GatewayEnv>, realm: string): void {
  const all: readonly Operation[] = Object.values(operations)
  for (const [path, same] of Map.groupBy(all, (operation) => operation.path)) {
    const allowed = same.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
    app.all(path, (c) => {
      c.set('code', 'method_not_allowed')
      const response = problemResponse(new ProblemError('method_not_allowed'), realm)
      response.headers.set('Allow', allowed.join(', '))
      return response
    })
  }
}
