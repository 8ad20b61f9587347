import { serveNode } from '@single-state/testing/adapter-contract'
import type { ErrorRequestHandler, Express } from 'express'
import type { Send } from '../browser.ts'
import type { Scope } from '../scope.ts'

/** Where the applications are, as browsers see them. */
export const siteOrigin = 'http://localhost:3000'

/** Serves an Express application; errors are answered with their status, and written nowhere. */
export async function serveExpress(scope: Scope, app: Express, origin: string = siteOrigin): Promise<Send> {
  const onError: ErrorRequestHandler = (error, _request, response, next) => {
    if (response.headersSent) return next(error)
    response.status(error.status ?? 500).json('failed')
  }
  app.use(onError)
  // Express writes errors that come after the first byte to the console, but not in a test.
  app.set('env', 'test')
  const { fetch, close } = await serveNode(app, origin)
  scope.defer(close)
  return (path, { method, headers, body }) => fetch(path, { method, headers, ...(body !== null && { body }) })
}
