import type { EndReason } from '../consistency/ended.ts'
import type { StorePosition } from '../consistency/lease.ts'
import { problemSchema } from '../document/wire-schemas.ts'
import { isSessionErrorCode, type SessionErrorCode } from '../errors.ts'
import type { Breaker } from './breaker.ts'
import { hasNotLeft, type Transport, type TransportAnswer, type TransportRequest } from './transport.ts'

/** What became of one call. */
export type CallOutcome<Value> =
  /** `read`: where the store stood, where the answer says so in its headers. `bytes` is the size of the whole answer on the wire, uncompressed. */
  | {
      readonly kind: 'ok'
      readonly value: Value
      readonly etag: string | null
      readonly read: StorePosition | null
      readonly bytes: number
    }
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'problem'
      readonly status: number
      readonly code: SessionErrorCode
      readonly detail?: string
      readonly version?: number
      readonly reason?: EndReason
    }
  /** No answer, or one that no gateway gives. `sent` is false when the request never left: then nothing can have come of it. */
  | { readonly kind: 'silence'; readonly cause: unknown; readonly sent: boolean }

/** One call: what is sent, and what a success looks like. */
export interface CallRequest<Value> {
  readonly method: TransportRequest['method']
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly timeoutMs: number
  readonly answer: AnswerSchema<Value>
}

/** What is asked of a schema here; every zod type has it. */
export interface AnswerSchema<Value> {
  safeParse(value: unknown): { readonly success: true; readonly data: Value } | { readonly success: false; readonly error: unknown }
}

const utf8 = new TextEncoder()

/** Makes one call. Rejects for nothing but a body that JSON cannot carry, with a `TypeError` and before anything is sent. */
export async function callGateway<Value>(transport: Transport, breaker: Breaker, request: CallRequest<Value>): Promise<CallOutcome<Value>> {
  const { method, path, headers, body, timeoutMs } = request
  const json = body === undefined ? {} : { body: JSON.stringify(body) }
  if (!breaker.admits()) return { kind: 'silence', cause: new Error('the gateway has not answered lately'), sent: false }
  let answer: TransportAnswer
  try {
    answer = await transport({ method, path, headers, timeoutMs, ...json })
  } catch (cause) {
    breaker.failed()
    return { kind: 'silence', cause, sent: !hasNotLeft(cause) }
  }
  const outcome = outcomeOf(answer, request.answer)
  if (outcome.kind === 'silence') breaker.failed()
  else breaker.succeeded()
  return outcome
}

function outcomeOf<Value>({ status, header, body }: TransportAnswer, schema: AnswerSchema<Value>): CallOutcome<Value> {
  if (status === 304) return { kind: 'unchanged' }
  const json = parseJson(body)
  if (status !== 200) return problemOf(status, json)
  const value = schema.safeParse(json)
  if (value.success)
    return { kind: 'ok', value: value.data, etag: header('etag'), read: positionOf(header), bytes: utf8.encode(body).byteLength }
  return { kind: 'silence', cause: new Error('an answer that is not of the wire', { cause: value.error }), sent: true }
}

/** `Store-Seq` and `Store-Epoch`; null where an answer has not both, as anything but one with a document has not. */
function positionOf(header: TransportAnswer['header']): StorePosition | null {
  const seq = header('store-seq')
  const epoch = header('store-epoch')
  return seq !== null && epoch !== null && /^\d{1,15}$/.test(seq) ? { seq: Number(seq), epoch } : null
}

/** Reads problem details (RFC 9457). An error without a stable code is not the gateway's: a proxy or another server answered. */
export function problemOf(status: number, json: unknown): Exclude<CallOutcome<never>, { kind: 'ok' | 'unchanged' }> {
  const problem = problemSchema.safeParse(json)
  if (!problem.success || !isSessionErrorCode(problem.data.code)) {
    return { kind: 'silence', cause: new Error(`an answer of status ${status} that is not the gateway's`), sent: true }
  }
  const { code, detail, version, reason } = problem.data
  return {
    kind: 'problem',
    status,
    code,
    ...(detail !== undefined && { detail }),
    ...(version !== undefined && { version }),
    ...(reason !== undefined && { reason }),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
