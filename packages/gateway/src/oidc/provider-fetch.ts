import { SessionError } from '@single-state/core/errors'
import { isLoopback } from '@single-state/core/protocol'

/** A request as the protocol library makes it. */
interface ProviderRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: unknown
  readonly redirect: 'manual'
  readonly signal?: AbortSignal | undefined
}

/** 1 MiB: many times what metadata, key sets and tokens take. */
export const largestAnswerBytes = 1_048_576

/** 5 s: long enough not to crowd a provider that comes back, short enough for a person who waits. */
const retryAfterMs = 5_000

/**
 * Asks the provider and reads the whole answer before handing it on, within the deadline of `init.signal`.
 *
 * Here alone it is decided what "away" is: no connection, no whole answer in time, 429 and every 5xx. All of them reject
 * with `SessionError` `identity_provider_unavailable`; what the provider says beyond that is for the caller to judge.
 */
export async function fetchFromProvider(url: string, init: ProviderRequest): Promise<Response> {
  const { protocol, hostname, host } = new URL(url)
  // Metadata of a loopback issuer may name any address; plain HTTP must not leave the machine for it.
  if (protocol !== 'https:' && !isLoopback(hostname)) throw providerUnavailable(`${host}: expected https`)
  const { response, body } = await answerOf(url, init, host)
  if (response.status === 429 || response.status >= 500) throw providerUnavailable(`${host} answered ${response.status}`)
  return new Response(body.byteLength === 0 ? null : body, { status: response.status, headers: response.headers })
}

/** The failure that stands for "try again later". `seen` goes to the log, never to the browser. */
export function providerUnavailable(seen: string): SessionError {
  return new SessionError('identity_provider_unavailable', undefined, { cause: new Error(seen), retryAfterMs })
}

async function answerOf(url: string, init: ProviderRequest, host: string) {
  try {
    return await exchange(url, init).catch((error: unknown) => {
      if (init.method !== 'GET' || !isBrokenConnection(error)) throw error
      return exchange(url, init)
    })
  } catch (error) {
    throw providerUnavailable(`${host}: ${reasonOf(error)}`)
  }
}

async function exchange(url: string, init: ProviderRequest) {
  const response = await fetch(url, init as RequestInit)
  return { response, body: await readWhole(response) }
}

/** A kept connection whose other end was restarted breaks on first use, and says nothing about the provider of now. */
function isBrokenConnection(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(socketCodeOf(error) ?? '')
}

async function readWhole(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.byteLength
    if (bytes > largestAnswerBytes) throw new RangeError(`more than ${largestAnswerBytes} bytes`)
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

function reasonOf(error: unknown): string {
  const code = socketCodeOf(error)
  return `${error instanceof Error ? error.message : String(error)}${code === null ? '' : `: ${code}`}`
}

/** `fetch` hides what happened in its cause: `ECONNREFUSED` says more than "fetch failed". */
function socketCodeOf(error: unknown): string | null {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? String(cause.code) : null
}
