import { isSessionError } from '@single-state/core/protocol'
import { endEntry, nameOf } from '../audit/entries.ts'
import { json } from '../http/respond.ts'
import type { GatewayPorts } from '../ports.ts'
import { type PresentedSession, readForWrite } from '../presented.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'
import { receiptOf } from './receipt.ts'

/** `DELETE /v1/session` */
export const endSession: Handler<typeof operations.endSession> = async (ports, { application, body, token, traceId }) => {
  const { record } = await readUnlessOver(ports, token)
  const act = { application: application.name, actor: nameOf(record), reason: body.reason, traceId }
  const outcome = await ports.store.end(record.id, 'revoked', endEntry(act))
  return sendEnded(ports, outcome.nowMs, outcome.kind === 'ended' ? 1 : 0)
}

/**
 * To whoever wants a session to end, "it is over" is an acknowledgement, and the answer to a repeat: it waits as the first did.
 *
 * @throws ProblemError as `readForWrite`
 */
async function readUnlessOver(ports: GatewayPorts, token: string | null): Promise<PresentedSession> {
  try {
    return await readForWrite(ports, token)
  } catch (error) {
    if (isSessionError(error) && error.code === 'session_ended') await ports.settling.begin()
    throw error
  }
}

/**
 * Answers an end: what is over from now on, and how many sessions that were alive. It waits also where there was nothing
 * left to end: whoever ended it may not have waited to the end.
 */
export async function sendEnded(ports: GatewayPorts, nowMs: number, ended: number): Promise<Response> {
  const settled = ports.settling.begin()
  if (ended > 0) ports.metrics.end('revoked', ended)
  await settled
  return json({ receipt: receiptOf(ports, nowMs), ended })
}
