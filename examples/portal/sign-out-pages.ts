import { html, neighbours, page } from '@single-state-example/pages'

/** Asks first: other applications link here, and a link alone must change nothing. */
export function askSignOutPage(subject: string): string {
  const body = html`<section class="card">
<p>You will be signed out of all of Acme in this browser: the portal, billing, the workspace and administration.</p>
<form class="row" method="post" action="/sign-out"><button>Sign out</button><a class="button second" href="/">Stay signed in</a></form>
</section>`
  return page({ application: 'portal', title: `Sign out, ${subject}?`, body, width: 'narrow' })
}

/** What somebody sees who has just signed out. */
export function signedOutPage(): string {
  const { gateway, portal } = neighbours()
  const atProvider = `${gateway}/logout?${new URLSearchParams({ return_to: `${portal}/signed-out` })}`
  const body = html`<section class="card">
<p>Your session has ended in every application. At the identity provider you may still be signed in: then the next sign-in asks for no password.</p>
<p class="row"><a class="button" href="/">Sign in again</a><a class="button second" href="${atProvider}">Sign out there as well</a></p>
</section>`
  return page({ application: 'portal', title: 'You are signed out', body, width: 'narrow' })
}
