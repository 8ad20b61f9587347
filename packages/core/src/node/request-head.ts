import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { RequestHead } from '../http/request-head.ts'

/** What core reads of a request, as a view of Node's own. */
export function nodeRequestHead(request: IncomingMessage & { readonly originalUrl?: string }): RequestHead {
  const { headers } = request
  const scheme = (request.socket as TLSSocket).encrypted ? 'https' : 'http'
  return {
    method: request.method ?? 'GET',
    url: `${scheme}://${headers.host ?? 'localhost'}${request.originalUrl ?? request.url ?? '/'}`,
    headers: { get: (name) => headerText(headers[name]) },
  }
}

function headerText(value: string | string[] | undefined): string | null {
  return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value
}
