import { endEntry, nameOf } from '../audit/entries.ts'
import { json } from '../http/respond.ts'
import type { GatewayPorts } from '../ports.ts'
import { readForWrite } from '../presented.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'
import { receiptOf } from './receipt.ts'

/** `DELETE /v1/session` */
export const endSession: Handler<typeof operations.endSession> = async (ports, { application, body, token, traceId }) => {
  const { record } = await readForWrite(ports, token)
  const act = { application: application.name, actor: nameOf(record), reason: body.reason, traceId }
  const outcome = await ports.store.end(record.id, 'revoked', endEntry(act))
  return sendEnded(ports, outcome.nowMs, outcome.kind === 'ended' ? 1 : 0)
}

/** Answers an end: what is over from now on, and how many sessions that were alive. */
export function sendEnded(ports: GatewayPorts, nowMs: number, ended: number): Response {
  if (ended > 0) ports.metrics.end('revoked', ended)
  return json({ receipt: receiptOf(ports, nowMs), ended })
}
