/** An answer, or null when there was none: then nobody knows what became of the call. */
export interface Answer {
  readonly status: number
  readonly etag: string | null
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every call.
  readonly body: any
}

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
export function createCaller(origin: string, key: string, revision = 1): (call: Call) => Promise<Answer | null> {
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
