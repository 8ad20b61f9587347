import type { ActiveSession } from '@single-state/core'
import { html, page, sessionCard } from '@single-state-example/pages'
import type { View } from './session.ts'

/** A page that does not mind a session of some seconds ago. */
export function usagePage(active: ActiveSession<View>): string {
  const { session, source } = active
  const { tenant } = session.context
  const calls = (tenant ?? '').length * 1_240
  const body = html`<section class="card" aria-labelledby="calls">
<h2 id="calls">Calls this month</h2>
<p>${tenant ?? 'Nobody'} has made <strong>${new Intl.NumberFormat(session.context.locale).format(calls)}</strong> calls.</p>
<p>${source === 'snapshot' ? 'The gateway was not asked for this page: the session was read lately, and ten seconds are allowed.' : 'The gateway was asked for this page. Reload it within ten seconds and it answers from memory.'}</p>
<p class="row"><a class="button second" href="/usage">Reload</a><a href="/">Back to billing</a></p>
</section>
${sessionCard('billing', active)}`
  return page({
    application: 'billing',
    title: 'Usage',
    lead: 'A read with maxAge: the contract allows billing to be ten seconds behind, and this route makes use of it.',
    subject: session.identity.subject,
    body,
  })
}
