import { isSessionError } from '@single-state/core/protocol'
import type { ErrorHandler, NotFoundHandler } from 'hono'
import { failurePage, failureWords } from '../pages/failure-page.ts'
import { wantsPage } from '../pages/wants-page.ts'
import type { Log } from '../telemetry/log.ts'
import type { GatewayEnv } from './env.ts'
import { ProblemError, problemOf, problemResponse } from './problem.ts'

/** The one place where an error becomes an answer. What nobody foresaw is logged whole and answered opaque. */
export function errorBoundary(realm: string, log: Log): ErrorHandler<GatewayEnv> {
  return (error, c) => {
    if (!isSessionError(error)) log.error({ err: error }, 'an error that nobody expected')
    c.set('code', problemOf(error).code)
    return problemResponse(error, realm)
  }
}

const home = { label: 'Go to the first page', href: '/' }

/** What no route answers. */
export function nothingHere(realm: string): NotFoundHandler<GatewayEnv> {
  return (c) => {
    c.set('code', 'not_found')
    if (wantsPage(c.req.raw)) return failurePage({ status: 404, words: failureWords('not_found'), action: home, reference: null })
    return problemResponse(new ProblemError('not_found'), realm)
  }
}
