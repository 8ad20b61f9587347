import {
  type AnyContract,
  type ApplicationName,
  type ApplicationSession,
  createSessionClient,
  type Requirement,
  type SessionClient,
  type SessionClientOptions,
  type SessionView,
} from '@single-state/core/adapter'
import { undiciTransport } from '@single-state/core/node'
import type { NextRequest, NextResponse } from 'next/server.js'
import { createPlaces } from './places.ts'
import { createProxy } from './proxy.ts'
import { refuse } from './refuse.ts'
import { createRoutes, type Routes } from './routes.ts'

// The declarations of an application that exports its handlers name these.
export type { RouteContext, RouteHandler } from './routes.ts'

type Calls = 'resolve' | 'get' | 'update' | 'publish' | 'signOut' | 'listOthers' | 'endOthers'

/** Calls of an operator without the acting request: in Next.js it is always the one under way. */
type WithoutActor<Operations> = {
  readonly [Name in keyof Operations]: Operations[Name] extends (...given: [...infer Rest, infer _Actor]) => infer Answer
    ? (...given: Rest) => Answer
    : never
}

/**
 * The session of a Next.js application, for server components, route handlers, server actions and the proxy. Every call is
 * about the request under way, and reads its session once.
 */
export interface NextSession<C extends AnyContract, A extends ApplicationName<C>>
  extends Pick<ApplicationSession<C, A>, Calls>,
    Routes<SessionView<C, A>> {
  /**
   * The session, if it meets the requirement. Somebody who is not signed in is sent to the login; whatever else is in the way
   * is thrown as a `SessionError`, to be shown by `error.tsx`. In a handler of `route` or `publicRoute` the status map answers.
   */
  require(requirement?: Requirement<SessionView<C, A>>): Promise<SessionView<C, A>>
  /** Ends the heartbeats of live reads, for a process that shuts down in order. They do not keep it alive. */
  readonly close: () => void
  /** Any session of anybody (`operates: 'all'`). */
  readonly operations: WithoutActor<SessionClient<C, A>['operations']>
  /**
   * `export const proxy = session.proxy` in `proxy.ts`: exchanges the token before a page is made, which cannot write a
   * cookie, and tells the page its address. It lets everybody pass: the guard is `require`, where the data is.
   */
  readonly proxy: (request: NextRequest) => Promise<NextResponse>
}

/**
 * Makes the session of a Next.js application. It connects at first use, so that a build needs neither address nor key.
 *
 * ```ts
 * export const session = createSession(contract, { application: 'portal' })
 * export default async function Page() {
 *   const { identity } = await session.require()
 * ```
 *
 * The calls reject with a TypeError that names the option when address, key or application do not fit.
 */
export function createSession<C extends AnyContract, const A extends ApplicationName<C>>(
  contract: C,
  options: SessionClientOptions<A>,
): NextSession<C, A> {
  let made: SessionClient<C, A> | undefined
  // Never the platform's `fetch` by default: Next.js wraps it and may keep what it answers.
  const client = () => (made ??= createSessionClient(contract, { transport: undiciTransport(), ...options }))
  const places = createPlaces((head) => client().open(head))
  const { call } = places
  const require = (requirement?: Requirement<SessionView<C, A>>) =>
    call(async (place) => {
      const passage = await place.session.check(requirement)
      return 'session' in passage ? passage.session : refuse(passage.denial, place)
    })
  return {
    resolve: (readOptions) => call(({ session }) => session.resolve(readOptions)),
    get: (readOptions) => call(({ session }) => session.get(readOptions)),
    require,
    update: (reason, changes, updateOptions) => call(({ session }) => session.update(reason, changes, updateOptions)),
    publish: (signal, value) => call(({ session }) => session.publish(signal, value)),
    signOut: (reason) => call(({ session }) => session.signOut(reason)),
    listOthers: () => call(({ session }) => session.listOthers()),
    endOthers: (reason) => call(({ session }) => session.endOthers(reason)),
    close: () => made?.close(),
    operations: {
      list: (subject) => call(({ session }) => client().operations.list(subject, session)),
      end: (id, reason) => call(({ session }) => client().operations.end(id, reason, session)),
      endSubject: (subject, reason) => call(({ session }) => client().operations.endSubject(subject, reason, session)),
      refreshSubject: (subject, reason) => call(({ session }) => client().operations.refreshSubject(subject, reason, session)),
    },
    ...createRoutes(places, require),
    proxy: createProxy((head) => client().open(head)),
  }
}
