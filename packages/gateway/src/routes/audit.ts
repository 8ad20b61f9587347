import { verifySlice } from '../audit/verify.ts'
import { ProblemError } from '../http/problem.ts'
import { json } from '../http/respond.ts'
import type { GatewayPorts } from '../ports.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'
import type { AuditPage } from './schemas.ts'

/** `GET /v1/audit` */
export const audit: Handler<typeof operations.audit> = async (ports, { query }) => {
  const { after, limit, session } = query
  return sendPage(ports, after, limit, session === undefined ? null : ports.secrets.idHash(session))
}

/** `GET /v1/sessions/{id}/audit` */
export const auditOfSession: Handler<typeof operations.auditOfSession> = async (ports, { query, param }) =>
  sendPage(ports, query.after, query.limit, ports.secrets.idHash(param('id')))

/** `GET /v1/audit/verify` */
export const verify: Handler<typeof operations.verifyAudit> = async (ports, { query }) =>
  json(await verifySlice(ports.store, query.after, ports.keepAuditMs))

async function sendPage(ports: GatewayPorts, afterSeq: number, limit: number, idHash: string | null): Promise<Response> {
  if (!Number.isSafeInteger(afterSeq)) throw new ProblemError('request_invalid')
  const records = await ports.store.auditQuery({ afterSeq, idHash, limit })
  const next = records.length < limit ? null : (records.at(-1)?.seq ?? null)
  return json({ records, next } satisfies { records: readonly unknown[]; next: AuditPage['next'] })
}
