import { type IncomingHttpHeaders, request } from 'node:http'

/** One request, exactly as it is to go over the wire. */
export interface SentRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Default 5,000. */
  readonly timeoutMs?: number
}

/** The answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** 1 MiB: no page of the demonstration comes near. */
const largestBytes = 1_048_576

/**
 * Sends one request over a connection of its own and follows nothing. The platform's `fetch` would add headers that only
 * a real browser may set.
 */
export function send({ method, url, headers, body, timeoutMs = 5_000 }: SentRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const sent = request(url, { method, headers, agent: false, signal }, (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        chunks.push(chunk)
        if (bytes > largestBytes) response.destroy(new RangeError(`an answer of more than ${largestBytes} bytes`))
      })
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
