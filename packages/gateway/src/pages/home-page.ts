import { html } from 'hono/html'
import { pageResponse } from './layout.ts'

/** What a person finds who comes to the gateway itself: after a login or a logout that named no application. */
export function homePage(contract: string): Promise<Response> {
  return pageResponse({
    title: 'Signing in and out',
    body: html`<p>This service signs people in and out of the applications of <strong>${contract}</strong>. Open one of them to go on working.</p>
<div class="actions"><a class="button first" href="/login">Sign in</a><a class="button second" href="/logout">Sign out</a></div>`,
  })
}
