import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { RequestHead } from '../http/request-head.ts'

/** What core reads of a request, as a view of Node's own: nothing is copied before it is asked for. */
export function nodeRequestHead(request: IncomingMessage & { readonly originalUrl?: string }): RequestHead {
  return {
    method: request.method ?? 'GET',
    get url() {
      const scheme = (request.socket as TLSSocket).encrypted ? 'https' : 'http'
      return `${scheme}://${request.headers.host ?? 'localhost'}${request.originalUrl ?? request.url ?? '/'}`
    },
    headers: { get: (name) => headerText(request.headers[name]) },
  }
}

function headerText(value: string | string[] | undefined): string | null {
  return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value
}
