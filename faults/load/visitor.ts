import { setTimeout as pause } from 'node:timers/promises'
import type { RequestHead } from '@single-state/core/adapter'
import { createBrowser } from '../../packages/gateway/test/browser.ts'
import { signInAs } from '../../packages/gateway/test/test-idp.ts'

const cookieName = '__Host-session'

/** Somebody's browser: one session, and the token that it has for it. */
export interface Visitor {
  /** The id of the session. */
  readonly session: string
  token(): string
  /** Takes over the `Set-Cookie` of an answer, whichever comes last, as a browser does. */
  keep(setCookie: string | null): void
  /** A request to an application that carries its cookie. */
  request(traceId: string): RequestHead
}

/** Who the provider knows. */
export const people = ['ada', 'bob', 'carol'] as const

/** Signs in by the load balancer and the provider; rejects when the way was cut. */
export async function signIn(origin: string, person: (typeof people)[number]): Promise<Visitor> {
  const browser = createBrowser()
  await signInAs(browser, await browser.open(`${origin}/login`), person)
  const token = browser.jar.valueOf(origin, cookieName)
  if (token === null) throw new Error('the login gave no session')
  return visitorOf(token)
}

/** 30 s: a busy machine is late now and then, and a login that met that is begun again. */
const patienceMs = 30_000

/** Signs in as soon as it goes; rejects when it does not for long. */
export async function signInPatiently(origin: string, person: (typeof people)[number]): Promise<Visitor> {
  for (const deadlineMs = performance.now() + patienceMs; ; await pause(100)) {
    try {
      return await signIn(origin, person)
    } catch (error) {
      if (performance.now() > deadlineMs) throw error
    }
  }
}

/** Whoever has this token. */
export function visitorOf(first: string): Visitor {
  let token = first
  return {
    session: claimsOf(first).sid,
    token: () => token,
    keep(setCookie) {
      const value = setCookie === null ? undefined : /^__Host-session=([^;]+)/.exec(setCookie)?.[1]
      if (value) token = value
    },
    request(traceId) {
      const headers = new Headers({
        Cookie: `${cookieName}=${token}`,
        'Sec-Fetch-Site': 'same-origin',
        traceparent: `00-${traceId}-${traceId.slice(0, 16)}-01`,
      })
      return { method: 'POST', url: 'http://localhost/work', headers }
    },
  }
}

/** What a token says of itself; whose signature it has is not our business here. */
function claimsOf(token: string): { readonly sid: string; readonly gen: number } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}
