import type { ActiveSession, SessionHeader } from '@single-state/core'
import { html, type Markup } from './markup.ts'

/** What each source means. */
export const sourceNames: Readonly<Record<ActiveSession<unknown>['source'], string>> = {
  gateway: 'asked the gateway just now',
  lease: 'from memory, under a lease',
  snapshot: 'from memory, within the allowed age',
  'outage-grace': 'from memory, the gateway is away',
}

/** What one application knows of the session: how new it is, who vouches for it, and everything that was sent. */
export function sessionCard(application: string, { session, version, source, ageMs }: ActiveSession<SessionHeader>): Markup {
  return html`<aside class="card session" aria-labelledby="session">
<h2 id="session">The session, as ${application} sees it</h2>
<p class="version"><b data-fact="version">${version}</b><span>is its version:<br>one more with every change</span></p>
<dl class="facts">
<dt>Source</dt><dd><span class="badge" data-fact="source">${source}</span> <small>${sourceNames[source]}</small></dd>
<dt>Age</dt><dd><span data-fact="age">${ageMs}</span> ms</dd>
<dt>Began</dt><dd>${clockTime(session.createdAt)}</dd>
<dt>Ends by</dt><dd>${clockTime(session.expiresAt)}</dd>
</dl>
<details><summary>All that ${application} is given</summary><pre tabindex="0" role="group" aria-label="The session as JSON">${JSON.stringify(session, null, 2)}</pre></details>
</aside>`
}

/** A time of day, with the machine-readable instant beside it. */
export function clockTime(instant: string, locale = 'en-GB'): Markup {
  const text = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(instant))
  return html`<time datetime="${instant}">${text}</time>`
}
