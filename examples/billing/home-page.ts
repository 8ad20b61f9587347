import type { ActiveSession } from '@single-state/core'
import { html, type Markup, page, sessionCard } from '@single-state-example/pages'
import { invoiceTable } from './invoices-page.ts'
import type { View } from './session.ts'

/** What is owed, by whom, and why billing knows. */
export function homePage(active: ActiveSession<View>): string {
  const { session } = active
  const { tenant } = session.context
  const body = html`${announcement(session)}
<div class="stack">
${planCard(session)}
<section class="card" aria-labelledby="invoices">
<h2 id="invoices">Invoices of <span data-fact="tenant">${tenant ?? 'nobody'}</span></h2>
${invoiceTable(session)}
${tenant !== null && html`<p class="row"><a href="/tenants/${encodeURIComponent(tenant)}/invoices">Only the invoices of ${tenant}</a></p>`}
</section>
<section class="card" aria-labelledby="usage">
<h2 id="usage">Usage</h2>
<p>These figures may be ten seconds old, so that page answers from memory and says so. <a href="/usage">Show the usage</a></p>
</section>
</div>
${sessionCard('billing', active)}`
  return page({
    application: 'billing',
    title: 'What you owe, and for whom',
    lead: 'Billing reads the subject, the plan and the context of the session, nothing more. It may change none of it.',
    subject: session.identity.subject,
    body,
  })
}

/** A signal is gone once its time is up; nothing has to be read away. */
function announcement({ signals: { tenantChanged } }: View): Markup | false {
  return (
    tenantChanged !== undefined &&
    html`<div class="notice" role="status"><p>The portal has just announced: you now work for <strong data-fact="announced">${tenantChanged.tenant}</strong>.</p></div>`
  )
}

function planCard({ entitlements: { plan } }: View): Markup {
  const upgrade = html`<form method="post" action="/upgrade" id="upgrade"><button class="second">Make me pro</button></form>`
  return html`<section class="card" aria-labelledby="plan">
<h2 id="plan">Plan</h2>
<div class="plan"><p><b data-fact="plan">${plan}</b>${plan === 'pro' ? 'Everything is included.' : 'The button tries what billing is not granted.'}</p>${plan !== 'pro' && upgrade}</div>
</section>`
}
