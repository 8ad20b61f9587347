import { setTimeout as pause } from 'node:timers/promises'

/** An answer, or null when there was none: then nobody knows what became of the call. */
export interface Answer {
  readonly status: number
  readonly etag: string | null
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every call.
  readonly body: any
}

/** Makes a call. */
export type Caller = (call: Call) => Promise<Answer | null>

/** One call of the HTTP API. */
export interface Call {
  readonly method: string
  readonly path: string
  readonly token?: string
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** 3 s: longer than the gateway allows itself for any call of a session. */
const timeoutMs = 3_000

/** Makes calls with one application's key, as a program does that has no client. */
export function createCaller(origin: string, key: string, revision = 1): Caller {
  return async ({ method, path, token, body, headers }) => {
    try {
      const response = await fetch(origin + path, {
        method,
        headers: {
          Authorization: `Bearer ${key}`,
          'Contract-Revision': `${revision}`,
          ...(token !== undefined && { 'Session-Token': token }),
          ...(body && { 'Content-Type': 'application/json' }),
          ...headers,
        },
        signal: AbortSignal.timeout(timeoutMs),
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const isJson = /json/.test(response.headers.get('content-type') ?? '')
      return { status: response.status, etag: response.headers.get('etag'), body: isJson ? JSON.parse(text) : {} }
    } catch {
      return null
    }
  }
}

/** 30 s: whoever is still away then does not come back. */
const patienceMs = 30_000

/** Repeats what had no answer, or 503: on a busy machine a store is late now and then. A write needs an idempotency key for this. */
export function patiently(call: Caller): Caller {
  return async (wanted) => {
    for (const deadlineMs = performance.now() + patienceMs; ; await pause(100)) {
      const answer = await call(wanted)
      if ((answer !== null && answer.status !== 503) || performance.now() > deadlineMs) return answer
    }
  }
}
