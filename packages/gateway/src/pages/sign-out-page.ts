import { html } from 'hono/html'
import { type FormReach, pageResponse } from './layout.ts'

/** Asks before it signs anybody out: a link alone must not, since anybody can make a browser follow one. */
export function signOutPage(view: { readonly contract: string; readonly returnTo: string; readonly forms: FormReach }): Promise<Response> {
  return pageResponse({
    title: 'Sign out?',
    forms: view.forms,
    body: html`<p>You will be signed out of every application of <strong>${view.contract}</strong> in this browser.</p>
<form class="actions" method="post" action="/logout">
<input type="hidden" name="return_to" value="${view.returnTo}">
<button class="button first" type="submit">Sign out</button>
<a class="button second" href="${view.returnTo}">Stay signed in</a>
</form>`,
  })
}
