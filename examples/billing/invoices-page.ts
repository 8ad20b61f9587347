import type { ActiveSession } from '@single-state/core'
import { html, type Markup, page, sessionCard } from '@single-state-example/pages'
import { amount, invoicesOf, month } from './invoices.ts'
import type { View } from './session.ts'

/** The invoices of the tenant that the address names; `require` has made sure that the session means the same. */
export function invoicesPage(active: ActiveSession<View>): string {
  const { session } = active
  const body = html`<section class="card" aria-label="Invoices">${invoiceTable(session)}<p class="row"><a href="/">Back to billing</a></p></section>
${sessionCard('billing', active)}`
  return page({
    application: 'billing',
    title: `Invoices of ${session.context.tenant ?? 'nobody'}`,
    lead: 'Switch the organisation in the portal and reload this page: it refuses to show the invoices of another one.',
    subject: session.identity.subject,
    body,
  })
}

/** The invoices of the session's tenant. */
export function invoiceTable({ context: { tenant, locale } }: View): Markup {
  const invoices = invoicesOf(tenant)
  if (invoices.length === 0) return html`<p>There are none.</p>`
  return html`<table>
<thead><tr><th scope="col">Number</th><th scope="col">Month</th><th scope="col" class="end">Amount</th></tr></thead>
<tbody>${invoices.map(({ number, month: date, cents }) => html`<tr><th scope="row">${number}</th><td>${month(date, locale)}</td><td class="end">${amount(cents, locale)}</td></tr>`)}</tbody>
</table>`
}
