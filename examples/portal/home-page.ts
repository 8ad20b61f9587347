import type { ActiveSession } from '@single-state/core'
import type { SessionSummary } from '@single-state/core/adapter'
import { locales } from '@single-state-example/contract'
import { clockTime, html, type Markup, page, sessionCard } from '@single-state-example/pages'
import type { View } from './session.ts'

/** The portal's one page: what you work on, how it is shown, where you are signed in, and the session behind it. */
export function homePage(active: ActiveSession<View>, others: readonly SessionSummary[]): string {
  const { session } = active
  const body = html`<div class="stack">
${tenantCard(session)}
${localeCard(session)}
${sessionsCard(session, others)}
</div>
${sessionCard('portal', active)}`
  return page({
    application: 'portal',
    title: `Hello, ${session.identity.subject}`,
    lead: 'What you choose here holds in every application of Acme. They share one session, and each sees only its part.',
    subject: session.identity.subject,
    body,
  })
}

function tenantCard({ context: { tenant }, entitlements: { tenants } }: View): Markup {
  return html`<section class="card" aria-labelledby="tenant">
<h2 id="tenant">Organisation</h2>
<p>You work for <strong data-fact="tenant">${tenant ?? 'nobody yet'}</strong>. ${tenants.length < 2 && 'You belong to no other organisation.'}</p>
${tenants.length > 1 && switchForm(tenant, tenants)}
${tenant !== null && announceForm(tenant)}
</section>`
}

function switchForm(tenant: string | null, tenants: readonly string[]): Markup {
  return html`<form class="row" method="post" action="/tenant" id="switch-tenant">
<input type="hidden" name="from" value="${tenant}">
<label class="field">Work for <select name="tenant">${tenants.map((name) => option(name, name, name === tenant))}</select></label>
<button>Switch</button>
</form>`
}

function announceForm(tenant: string): Markup {
  return html`<h3>Tell the others</h3>
<p>Publishes a signal: for 30 seconds billing shows that the organisation is now ${tenant}.</p>
<form method="post" action="/announce" id="announce"><button class="second">Announce ${tenant}</button></form>`
}

const localeNames: Readonly<Record<(typeof locales)[number], string>> = {
  'en-GB': 'United Kingdom',
  'de-DE': 'Germany',
  'fr-FR': 'France',
}

function localeCard({ context }: View): Markup {
  return html`<section class="card" aria-labelledby="locale">
<h2 id="locale">Region</h2>
<p>How dates and amounts are written. It comes along when you sign in anew without signing out.</p>
<form class="row" method="post" action="/locale" id="change-locale">
<label class="field">Write them as in <select name="locale">${locales.map((name) => option(name, localeNames[name], name === context.locale))}</select></label>
<button class="second">Save</button>
</form>
</section>`
}

function option(value: string, label: string, selected: boolean): Markup {
  return html`<option value="${value}"${selected && html` selected`}>${label}</option>`
}

function sessionsCard({ createdAt, context: { locale } }: View, others: readonly SessionSummary[]): Markup {
  const count = others.length
  return html`<section class="card" aria-labelledby="sessions">
<h2 id="sessions">Where you are signed in</h2>
<p>${count === 0 ? 'Only here. Sign in with another browser to see it appear.' : 'Here and elsewhere. What you do not know, sign out.'}</p>
<div class="scroll" role="region" aria-label="Table of sessions" tabindex="0"><table>
<thead><tr><th scope="col">Browser</th><th scope="col">Since</th><th scope="col">Last active</th></tr></thead>
<tbody><tr><th scope="row"><span class="badge">this one</span></th><td>${clockTime(createdAt, locale)}</td><td>now</td></tr>
${others.map((other) => otherRow(other, locale))}</tbody>
</table></div>
${count > 0 && html`<form class="row" method="post" action="/others/end" id="end-others"><button class="danger">Sign out the others (<span data-fact="others">${count}</span>)</button></form>`}
</section>`
}

function otherRow({ createdAt, lastExchangeAt }: SessionSummary, locale: string): Markup {
  return html`<tr><th scope="row">another</th><td>${clockTime(createdAt, locale)}</td><td>${clockTime(lastExchangeAt, locale)}</td></tr>`
}
