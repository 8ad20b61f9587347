import type { RequestHead } from '@single-state/core/adapter'
import { origin } from '../site/contract.ts'

/** Somebody's browser: one session, and the token that it has for it. */
export interface Visitor {
  /** The id of the session. */
  readonly session: string
  /** How the history calls it: ids are drawn anew in each run. */
  readonly name: string
  /** Takes over the `Set-Cookie` of an answer, whichever comes last, as a browser does. */
  keep(setCookie: string | null): void
  request(traceId: string): RequestHead
}

const cookie = /^__Host-session=([^;]+)/

export function createVisitor(name: string, session: string, setCookie: string): Visitor {
  let token = cookie.exec(setCookie)?.[1] ?? ''
  return {
    session,
    name,
    keep(changed) {
      token = cookie.exec(changed ?? '')?.[1] ?? token
    },
    request: (traceId) => ({
      method: 'POST',
      url: `${origin}/work`,
      headers: new Headers({
        Cookie: `__Host-session=${token}`,
        'Sec-Fetch-Site': 'same-origin',
        traceparent: `00-${traceId}-${traceId.slice(16)}-01`,
      }),
    }),
  }
}
