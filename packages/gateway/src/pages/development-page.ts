import { html } from 'hono/html'
import { type Markup, pageResponse } from './layout.ts'

/** A person of the configuration, as the page shows them. */
export interface ListedPerson {
  readonly subject: string
  readonly name: string
  readonly roles: readonly string[]
}

/** The sign-in page of development: choose who to be. `state` goes back with the choice. */
export function developmentPage(people: readonly ListedPerson[], state: string): Promise<Response> {
  return pageResponse({
    title: 'Who do you want to be?',
    forms: 'http',
    body: html`<p>Choose one of the people of the configuration. No password is asked.</p>
<form method="post" action="/development/sign-in">
<input type="hidden" name="state" value="${state}">
<ul>${people.map(personButton)}</ul>
</form>
<p class="note">For development only: this page exists on a loopback address alone and never in production.</p>
<div class="actions"><a class="button second" href="/callback?error=access_denied&amp;state=${encodeURIComponent(state)}">Cancel</a></div>`,
  })
}

function personButton({ subject, name, roles }: ListedPerson): Markup {
  return html`
<li><button class="person" type="submit" name="subject" value="${subject}">
<span class="initial" aria-hidden="true">${[...name][0] ?? ''}</span>
<span><span class="who">${name}</span><span class="what">${roles.length > 0 ? roles.join(', ') : 'no roles'}</span></span>
<svg viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="m7 4 6 6-6 6"/></svg>
</button></li>`
}
