import type { ActiveSession } from '@single-state/core'
import type { SessionSummary } from '@single-state/core/adapter'
import { clockTime, html, type Markup, page, sessionCard } from '@single-state-example/pages'
import { reasons } from './forms.ts'
import type { View } from './session.ts'

/** A person who was looked up. */
interface Found {
  readonly subject: string
  readonly sessions: readonly SessionSummary[]
}

/** Looks a person up, and shows the sessions of the one that was found. */
export function lookupPage(active: ActiveSession<View>, found: Found | null): string {
  const body = html`<div class="stack">
<search class="card"><h2>Look a person up</h2>
<form class="row" method="get" action="/" id="lookup">
<label class="field">Subject <input name="subject" value="${found?.subject}" required maxlength="255" autocomplete="off" autocapitalize="none" spellcheck="false"></label>
<button>Show sessions</button>
</form></search>
${found && sessionsCard(found)}
</div>
${sessionCard('administration', active)}`
  return page({
    application: 'admin',
    title: 'Sessions of a person',
    lead: 'What is ended here has ended everywhere: the next request to any application is refused.',
    subject: active.session.identity.subject,
    body,
  })
}

function sessionsCard({ subject, sessions }: Found): Markup {
  if (sessions.length === 0) {
    return html`<section class="card" aria-labelledby="found"><h2 id="found">${subject}</h2><p role="status">There is no living session of this person.</p></section>`
  }
  return html`<section class="card" aria-labelledby="found">
<h2 id="found">${subject}</h2>
<p role="status"><span data-fact="sessions">${sessions.length}</span> living ${sessions.length === 1 ? 'session' : 'sessions'}.</p>
<form method="post" action="/sessions/end" id="end-sessions">
<input type="hidden" name="subject" value="${subject}">
<div class="scroll" role="region" aria-label="Table of sessions" tabindex="0"><table>
<thead><tr><th scope="col">Session</th><th scope="col">Since</th><th scope="col">Last active</th><th scope="col" class="end">End it</th></tr></thead>
<tbody>${sessions.map(sessionRow)}</tbody>
</table></div>
<div class="row">
<label class="field">Reason <select name="reason">${Object.entries(reasons).map(([code, label]) => html`<option value="${code}">${label}</option>`)}</select></label>
<button class="danger">End all sessions of ${subject}</button>
</div>
</form>
</section>`
}

/** Ids are shown by their first letters, as people compare them; the whole is in the button. */
function sessionRow({ id, createdAt, lastExchangeAt, current }: SessionSummary): Markup {
  const short = `${id.slice(0, 8)}…`
  return html`<tr><th scope="row"><code>${short}</code>${current && html` <span class="badge">yours</span>`}</th><td>${clockTime(createdAt)}</td><td>${clockTime(lastExchangeAt)}</td>
<td class="end"><button class="danger small" name="id" value="${id}" aria-label="End session ${short}">End</button></td></tr>`
}

/** A page that only says something. */
export function sayingPage(title: string, text: string): string {
  const body = html`<section class="card"><p>${text}</p><p><a class="button" href="/">Back to administration</a></p></section>`
  return page({ application: 'admin', title, body, width: 'narrow' })
}
