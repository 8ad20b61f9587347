import { pageHeaders } from '@single-state-example/pages'
import type { Response } from 'express'

/** Sends a page as it is. */
export function sendPage(response: Response, status: number, page: string): void {
  response.status(status).set(pageHeaders).send(page)
}
