import { heartbeatMs, leaseMs, SessionError } from '@single-state/core/protocol'
import { json } from '../http/respond.ts'
import { toldName } from '../leases/told-name.ts'
import { openApiDocument } from '../openapi.ts'
import type { Handler } from './mount.ts'
import { operations } from './operations.ts'

/** `GET /v1/application` */
export const describeApplication: Handler<typeof operations.application> = async (ports, { application }) =>
  json({
    application: application.name,
    contract: { name: ports.contract.name, revision: ports.contract.revision },
    cookie: ports.cookie,
    issuer: ports.origin,
    loginUrl: `${ports.origin}/login`,
    logoutUrl: `${ports.origin}/logout`,
    origins: application.origins,
    lease: ports.poll === null ? null : { heartbeatMs, validMs: leaseMs },
  })

/** `GET /.well-known/jwks.json` */
export const keys: Handler<typeof operations.keys> = async (ports) => json({ ...ports.keys.jwks(), hash: toldName(ports) })

/** `GET /openapi.json`. Made when it is first asked for, and once. */
export function openapi(): Handler<typeof operations.openapi> {
  let document: ReturnType<typeof openApiDocument> | undefined
  return async (ports) => {
    document ??= openApiDocument(operations, ports.origin)
    return json(document)
  }
}

/** `GET /healthz`: asks nobody. A process that cannot reach its store is not helped by a restart. */
export const alive: Handler<typeof operations.alive> = async () => json({ status: 'ok' })

/** `GET /readyz` */
export const ready: Handler<typeof operations.ready> = async (ports) => {
  const { writable } = await ports.store.health()
  if (!writable) throw new SessionError('store_unavailable')
  return json({ status: 'ok' })
}

/** `GET /metrics` */
export const metrics: Handler<typeof operations.metrics> = async (ports) => {
  const { contentType, text } = await ports.metrics.expose()
  return new Response(text, { headers: { 'Content-Type': contentType } })
}
