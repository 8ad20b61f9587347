import { STATUS_CODES } from 'node:http'
import { codes, errorTypeOf, type SessionErrorCode } from '@single-state/core/protocol'
import { headersOfEveryAnswer } from './security-headers.ts'

/** Refusals of what never reached the routes, as the problems that everything else is refused with. */
export interface PlainRefusals {
  readonly response: (status: number) => Response
  readonly headers: (status: number) => Readonly<Record<string, string>>
  readonly body: (status: number) => string
  /** A whole answer of HTTP/1.1, for a connection that has no request that could be answered. */
  readonly text: (status: number) => string
}

const codeOf: Readonly<Record<number, SessionErrorCode>> = { 500: 'internal_error', 503: 'store_unavailable' }

/** The refusals of a gateway at `origin`. Each closes its connection: what comes after a request that was not read may be anything. */
export function createPlainRefusals(origin: string): PlainRefusals {
  const every = { ...headersOfEveryAnswer(origin), 'Content-Type': 'application/problem+json', Connection: 'close' }
  const headers = (status: number) => (status === 503 ? { ...every, 'Retry-After': '1' } : every)
  return {
    response: (status) => new Response(bodyOf(status), { status, headers: headers(status) }),
    headers,
    body: bodyOf,
    text: (status) => {
      const body = bodyOf(status)
      const lines = Object.entries({ ...headers(status), 'Content-Length': Buffer.byteLength(body) })
      return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines.map((line) => line.join(': ')), '', body].join('\r\n')
    },
  }
}

function bodyOf(status: number): string {
  const code = codeOf[status] ?? 'request_invalid'
  // `request_invalid` is 400 by the table; here the status says what could not be read, and the title follows it.
  const title = codes[code].status === status ? codes[code].title : (STATUS_CODES[status] ?? '')
  return JSON.stringify({ type: errorTypeOf(code), title, status, code })
}
