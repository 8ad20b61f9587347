import { startDeadline } from './deadline.ts'

/** One request to the gateway. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Path and query, from the gateway's origin. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** For the whole of it: connecting, sending and reading the answer. */
  readonly timeoutMs: number
}

/** The gateway's answer, read to its end. */
export interface TransportAnswer {
  readonly status: number
  header(name: string): string | null
  readonly body: string
}

/**
 * Carries requests to the gateway. Rejects when there is no whole answer in time; never follows redirects. A rejection with
 * the `code` of a failed connection (`ECONNREFUSED` and the like) says that the request has not left.
 */
export type Transport = (request: TransportRequest) => Promise<TransportAnswer>

/** 16 MiB: 128 documents of the largest size that a contract allows, twice over. */
export const largestAnswerBytes = 16_777_216

/** A transport over a `fetch` function: the platform's, or that of a gateway in the same process. */
export function fetchTransport(
  gatewayOrigin: string,
  fetch: (request: Request) => Promise<Response> = (request) => globalThis.fetch(request),
): Transport {
  return async ({ method, path, headers, body, timeoutMs }) => {
    const controller = new AbortController()
    const { signal } = controller
    const stop = startDeadline(timeoutMs, (late) => controller.abort(late))
    try {
      const options = { method, headers, redirect: 'manual', signal, ...(body !== undefined && { body }) } as const
      return await before(signal, answerOf(fetch(new Request(`${gatewayOrigin}${path}`, options)), signal))
    } finally {
      stop()
    }
  }
}

async function answerOf(arriving: Promise<Response>, signal: AbortSignal): Promise<TransportAnswer> {
  const response = await arriving
  return { status: response.status, header: (name) => response.headers.get(name), body: await readBounded(response, signal) }
}

/** Some `fetch` functions do not look at the signal: the deadline holds all the same. */
function before<Value>(signal: AbortSignal, value: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    value.then(resolve, reject)
  })
}

async function readBounded(response: Response, signal: AbortSignal): Promise<string> {
  if (!response.body) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > largestAnswerBytes || signal.aborted) return refuse(reader, bytes)
    text += decoder.decode(value, { stream: true })
  }
}

/** Nobody reads the rest, so nobody needs to send it; whether that could be said to the sender is of no interest here. */
function refuse(reader: ReadableStreamDefaultReader<Uint8Array>, bytes: number): never {
  reader.cancel().catch(() => {})
  throw new RangeError(`expected an answer of at most ${largestAnswerBytes} bytes in time, found ${bytes} so far`)
}

/** What a connection fails with before anything of the request has left. */
const connectionCodes = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Whether a transport's rejection says that the request has not left, so that nothing can have come of it. */
export function hasNotLeft(rejection: unknown): boolean {
  return connectionCodes.has(codeOf(rejection)) || connectionCodes.has(codeOf((rejection as { cause?: unknown } | null)?.cause))
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null | undefined)?.code)
}
