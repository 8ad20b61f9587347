import { isSessionError } from '@single-state/core'
import type { AnyContract, ApplicationName, ApplicationSession, Denial, RequestHead } from '@single-state/core/adapter'
import { headers } from 'next/headers.js'
import { keepCookie } from './keep-cookie.ts'
import { pageRequestHead } from './request-head.ts'

/** Where the calls of one request find its session. */
export interface Place<Session> {
  readonly session: Session
  readonly head: RequestHead
  /** The answers to errors that were thrown in a handler of ours, which gives them; null in pages and actions. */
  readonly refusals: WeakMap<object, Denial> | null
}

/** The places of one application. */
export interface Places<Session> {
  /** Calls the session of the request under way, and lets the browser keep what has become of its token. */
  call<Value>(act: (place: Place<Session>) => Promise<Value>): Promise<Value>
  /** Opens the session of a request that a handler of ours answers; null inside of such a handler. */
  enter(head: RequestHead): Promise<Place<Session> | null>
}

/** Makes the places. Next.js answers `headers()` with one object per request, in React's render and outside: that is the key. */
export function createPlaces<C extends AnyContract, A extends ApplicationName<C>>(
  open: (head: RequestHead) => ApplicationSession<C, A>,
): Places<ApplicationSession<C, A>> {
  const places = new WeakMap<object, Place<ApplicationSession<C, A>>>()

  function put(key: object, head: RequestHead, refusals: Place<unknown>['refusals']): Place<ApplicationSession<C, A>> {
    const place = { session: open(head), head, refusals }
    places.set(key, place)
    return place
  }

  return {
    async call(act) {
      const key = await requestHeaders()
      const place = places.get(key) ?? put(key, pageRequestHead(key), null)
      try {
        return await act(place)
      } catch (error) {
        throw named(error)
      } finally {
        if (!place.refusals) await keepCookie(place)
      }
    },
    async enter(head) {
      const key = await requestHeaders()
      return places.get(key)?.refusals ? null : put(key, head, new WeakMap())
    },
  }
}

/** Anything else that `headers()` throws is how Next.js learns what it can build ahead, and must reach it as it is. */
async function requestHeaders(): ReturnType<typeof headers> {
  try {
    return await headers()
  } catch (error) {
    if (!(error instanceof Error) || !/"use cache"|unstable_cache/.test(error.message)) throw error
    throw new TypeError('the session was read inside a cached function: read it outside and pass on what the function needs', {
      cause: error,
    })
  }
}

/** Next.js hides messages from the browser and hands on a `digest`: `error.tsx` can tell by it what happened. */
function named(error: unknown): unknown {
  return isSessionError(error) ? Object.assign(error, { digest: `single-state:${error.code}` }) : error
}
