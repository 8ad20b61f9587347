import * as wire from '../document/wire-schemas.ts'
import {
  type DocumentEnvelope,
  exchangeSchema,
  type KeySet,
  keySetSchema,
  type ReadsEnvelope,
  readsSchema,
  sessionSchema,
} from './answers.ts'
import type { Breaker } from './breaker.ts'
import { type AnswerSchema, type CallOutcome, callGateway } from './gateway-call.ts'
import type { Transport, TransportRequest } from './transport.ts'

/** Said with every call that concerns one session. */
export interface Shown {
  readonly token: string
  /** W3C trace context of the request that caused the call. */
  readonly traceparent?: string | undefined
}

/** A session that is asked for; with the tag of what is held, an unchanged one costs a few bytes. */
export interface Question extends Shown {
  readonly etag?: string | undefined
}

/** A change as the wire carries it. */
export interface Change extends Shown {
  readonly idempotencyKey: string
  readonly body: unknown
}

/** The gateway's wire, call by call: headers, deadlines and the reading of answers; no decisions. */
export interface GatewayCalls {
  application(): Promise<CallOutcome<wire.ApplicationAnswer>>
  keySet(): Promise<CallOutcome<KeySet>>
  read(question: Question): Promise<CallOutcome<DocumentEnvelope>>
  reads(questions: readonly Question[]): Promise<CallOutcome<ReadsEnvelope>>
  /** `again` where its request has shown the token before: one that was replaced is refused, and ends nothing. */
  exchange(shown: Shown, again: boolean): Promise<CallOutcome<DocumentEnvelope & { readonly token: string }>>
  patch(change: Change & { readonly ifMatch: string }): Promise<CallOutcome<DocumentEnvelope>>
  signal(name: string, change: Change): Promise<CallOutcome<DocumentEnvelope>>
  end(shown: Shown | null, path: string, reason: string): Promise<CallOutcome<wire.EndAnswer>>
  refresh(shown: Shown | null, path: string, reason: string): Promise<CallOutcome<wire.RefreshAnswer>>
  list(shown: Shown | null, path: string): Promise<CallOutcome<{ readonly sessions: readonly wire.SessionSummary[] }>>
  /** What has changed since; an answer later than `timeoutMs` would be of no use. */
  heartbeat(question: wire.HeartbeatRequest, timeoutMs: number): Promise<CallOutcome<wire.HeartbeatAnswer>>
}

/** 500 ms: a person waits for a read; longer than that the application says that it cannot know. */
export const readTimeoutMs = 500
/** 2 s: the gateway may hold the answer to a write until it is effective everywhere. */
export const writeTimeoutMs = 2_000
/** 8 s: the gateway asks the identity provider first, for 5 s at most. */
export const refreshTimeoutMs = 8_000

interface CallOptions {
  readonly transport: Transport
  readonly breaker: Breaker
  readonly key: string
  readonly revision: number
}

interface Call<Value> {
  readonly shown?: Shown | null
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly timeoutMs?: number
  readonly answer: AnswerSchema<Value>
}

/** Makes the calls of one application. */
export function createGatewayCalls({ transport, breaker, key, revision }: CallOptions): GatewayCalls {
  const common = { authorization: `Bearer ${key}`, 'contract-revision': String(revision) }

  function send<Value>(method: TransportRequest['method'], path: string, { shown, headers, timeoutMs, ...call }: Call<Value>) {
    return callGateway<Value>(transport, breaker, {
      method,
      path,
      headers: {
        ...common,
        ...headers,
        ...(shown && { 'session-token': shown.token }),
        ...(shown?.traceparent && { traceparent: shown.traceparent }),
        ...(call.body !== undefined && { 'content-type': 'application/json' }),
      },
      timeoutMs: timeoutMs ?? readTimeoutMs,
      ...call,
    })
  }

  return {
    application: () => send('GET', '/v1/application', { answer: wire.applicationAnswerSchema }),
    keySet: () => send('GET', '/.well-known/jwks.json', { answer: keySetSchema }),
    read: (shown) =>
      send('GET', '/v1/session', { shown, ...(shown.etag && { headers: { 'if-none-match': shown.etag } }), answer: sessionSchema }),
    reads: (questions) => {
      const reads = questions.map(({ token, etag }) => (etag ? { token, etag } : { token }))
      return send('POST', '/v1/reads', { body: { reads }, answer: readsSchema })
    },
    exchange: (shown, again) => send('POST', '/v1/session/token', { shown, body: again ? { again } : {}, answer: exchangeSchema }),
    patch: ({ ifMatch, idempotencyKey, body, ...shown }) => {
      const headers = { 'if-match': ifMatch, 'idempotency-key': idempotencyKey }
      return send('PATCH', '/v1/session', { shown, headers, body, answer: sessionSchema, timeoutMs: writeTimeoutMs })
    },
    signal: (name, { idempotencyKey, body, ...shown }) => {
      const headers = { 'idempotency-key': idempotencyKey }
      const path = `/v1/session/signals/${encodeURIComponent(name)}`
      return send('PUT', path, { shown, headers, body, answer: sessionSchema, timeoutMs: writeTimeoutMs })
    },
    end: (shown, path, reason) =>
      send('DELETE', path, { shown, body: { reason }, answer: wire.endAnswerSchema, timeoutMs: writeTimeoutMs }),
    refresh: (shown, path, reason) =>
      send('POST', path, { shown, body: { reason }, answer: wire.refreshAnswerSchema, timeoutMs: refreshTimeoutMs }),
    list: (shown, path) => send('GET', path, { shown, answer: wire.sessionListSchema }),
    heartbeat: (body, timeoutMs) => send('POST', '/v1/heartbeat', { body, answer: wire.heartbeatAnswerSchema, timeoutMs }),
  }
}
