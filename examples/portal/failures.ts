import { isSessionError } from '@single-state/core'
import { html, page } from '@single-state-example/pages'
import type { NextFunction, Request, Response } from 'express'
import { sendPage } from './send-page.ts'

/** The last route: there is nothing at this address. */
export function notFound(_request: Request, response: Response): void {
  sendPage(response, 404, sayingPage('There is no such page', 'The address may be mistyped, or the page has moved.'))
}

/** Two tabs, or two applications: the person decides again, from what the session says now. */
export function conflicts(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  const isConflict = isSessionError(error) && (error.code === 'expectation_failed' || error.code === 'version_conflict')
  if (isConflict && !response.headersSent) sendPage(response, 409, conflictPage())
  else next(error)
}

/** Everything else. Express calls a function of four parameters with the error. */
export function failures(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  const status = statusOf(error)
  if (status >= 500) console.error(error)
  // An answer that has begun cannot be taken back: Express then cuts the connection.
  if (response.headersSent) next(error)
  else sendPage(response, status, sayingPage('That did not work', 'Nothing was changed. Go back and try it again.'))
}

function conflictPage(): string {
  return sayingPage(
    'Something has changed meanwhile',
    'Another tab or another application has changed your session since this page was opened. To be safe, nothing was saved. Look at what it says now, and decide again.',
  )
}

function sayingPage(title: string, text: string): string {
  const body = html`<section class="card"><p>${text}</p><p><a class="button" href="/">Back to the portal</a></p></section>`
  return page({ application: 'portal', title, body, width: 'narrow' })
}

function statusOf(error: unknown): number {
  const { status } = Object(error) as { readonly status?: unknown }
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500
}
