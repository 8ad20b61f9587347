import type { SessionError } from '@single-state/core'
import { html, page } from '@single-state-example/pages'

/** What the gateway said to a write that billing is not granted. */
export function refusedPage(subject: string, { status, code, message }: SessionError): string {
  const body = html`<section class="card">
<p>Billing asked the gateway to set <code>entitlements.plan</code> to <code>pro</code>. The contract does not grant that, so nothing has changed, and the audit has a record of the attempt.</p>
<h2>The gateway said</h2>
<dl class="facts"><dt>Status</dt><dd data-fact="status">${status}</dd><dt>Code</dt><dd><code data-fact="code">${code}</code></dd><dt>Detail</dt><dd>${message}</dd></dl>
<p class="row"><a class="button" href="/">Back to billing</a></p>
</section>`
  return page({ application: 'billing', title: 'Refused', body, width: 'narrow', subject })
}

/** A page that only says something. */
export function sayingPage(title: string, text: string): string {
  const body = html`<section class="card"><p>${text}</p><p><a class="button" href="/">Back to billing</a></p></section>`
  return page({ application: 'billing', title, body, width: 'narrow' })
}
