import type { AnswerHeaders, ApplicationSession, RequestHead } from '@single-state/core/adapter'
import { type NextRequest, NextResponse } from 'next/server.js'
import { applyHeaders } from './apply-headers.ts'
import { addressHeader, requestHead } from './request-head.ts'

/**
 * The answer is made after the proxy, and what is set here stands before what it says. It may speak to the caches of networks,
 * so the cookie goes out with a word to them too.
 */
const answerToCome: AnswerHeaders = (name) => (name === 'cdn-cache-control' ? 'no-store' : null)

type Renewable = Pick<ApplicationSession<never, never>, 'renew' | 'headersFor'>

/**
 * Makes the proxy. It presents the token that the browser has sent, and the page after it presents the same once more: a
 * successor that is on its way may never arrive.
 */
export function createProxy(open: (head: RequestHead) => Renewable): (request: NextRequest) => Promise<NextResponse> {
  return async (request) => {
    const { pathname, search } = new URL(request.nextUrl.href)
    const headers = new Headers(request.headers)
    headers.set(addressHeader, `${pathname}${search}`)
    const response = NextResponse.next({ request: { headers } })
    // Actions and handlers write their own cookie: a successor from here would undo a sign-out.
    if (request.method !== 'GET' && request.method !== 'HEAD') return response

    const session = open(requestHead(request.method, `${pathname}${search}`, request.headers))
    await session.renew()
    const changes = session.headersFor(answerToCome)
    if (changes?.setCookie) applyHeaders(response.headers, changes)
    return response
  }
}
