import type { WriteOperation } from '../history/operation.ts'
import type { Answer, Call, Caller } from './call.ts'
import type { Recorder } from './recorder.ts'
import type { Visitor } from './visitor.ts'

/** How long a write is repeated that nobody knows of. A fault is over before that. */
const patienceMs = 12_000

/** A program without a client: it repeats an unsure write, letter by letter and with its key, until it is told what became of it. */
export interface PersistentWriter {
  /** A signal has no precondition: what keeps its repeat from being applied twice is the key alone. */
  publish(visitor: Visitor, traceId: string, signal: AbortSignal): Promise<void>
}

/** Makes a writer that calls the gateway itself. */
export function createPersistentWriter(call: Caller, recorder: Recorder): PersistentWriter {
  async function exchange(visitor: Visitor): Promise<void> {
    const answer = await call({ method: 'POST', path: '/v1/session/token', token: visitor.token(), body: {} })
    if (answer?.status === 200) visitor.keep(`__Host-session=${answer.body.token}`)
  }

  async function untilKnown(visitor: Visitor, write: Call, signal: AbortSignal): Promise<WriteOperation['outcome']> {
    const deadlineMs = recorder.nowMs() + patienceMs
    let isUnsure = false
    while (recorder.nowMs() < deadlineMs && !signal.aborted) {
      const answer = await call({ ...write, token: visitor.token() })
      if (answer?.status === 200) return { status: 'ok', version: answer.body.document.version }
      if (answer?.body.code === 'token_expired') await exchange(visitor)
      else if (answer === null || !isRefusal(answer)) isUnsure = true
      // A repeat that is not let through says nothing about the first.
      else if (!isUnsure) return { status: 'refused' }
      else if (answer.status === 401) return { status: 'unknown' }
      if (isUnsure) await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return { status: isUnsure ? 'unknown' : 'refused' }
  }

  return {
    async publish(visitor, traceId, signal) {
      const startMs = recorder.nowMs()
      const headers = { 'Idempotency-Key': traceId, traceparent: `00-${traceId}-${traceId.slice(0, 16)}-01` }
      const write = { method: 'PUT', path: '/v1/session/signals/ping', body: { value: traceId }, headers }
      const outcome = await untilKnown(visitor, write, signal)
      recorder.add({
        kind: 'write',
        process: 'persistent',
        session: visitor.session,
        id: traceId,
        basedOn: null,
        startMs,
        endMs: recorder.nowMs(),
        outcome,
      })
    },
  }
}

/** Whether the gateway itself says that nothing was written. A load balancer's own error page says nothing. */
function isRefusal({ body }: Answer): boolean {
  return typeof body.code === 'string' && body.code !== 'outcome_unknown' && body.code !== 'internal_error'
}
