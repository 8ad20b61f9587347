import { isSessionError } from '@single-state/core/protocol'
import type { ErrorHandler, NotFoundHandler } from 'hono'
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

/** What no route answers. */
export function nothingHere(realm: string): NotFoundHandler<GatewayEnv> {
  return (c) => {
    c.set('code', 'not_found')
    return problemResponse(new ProblemError('not_found'), realm)
  }
}
