import { createHash } from 'node:crypto'
import type { Person } from './people.ts'
import { demonstrationCode } from './second-factor.ts'

const style = `
:root { color-scheme: light dark; --ground: #e9efec; --card: #fff; --line: #cfd9d4; --ink: #14211b; --soft: #51625a; --accent: #0b6b4a; --on: #fff; --bad: #a3300f; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0d1411; --card: #16201b; --line: #2f3f37; --ink: #e8f1ec; --soft: #9db0a6; --accent: #6fdcb0; --on: #06281b; --bad: #ffb59c; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem; background: var(--ground); color: var(--ink);
  font: 400 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
main { width: 100%; max-width: 25rem; padding: 2.25rem 2rem 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 1rem; }
header { display: flex; align-items: center; gap: .6rem; margin-bottom: 1.5rem; color: var(--soft); font-size: .875rem; }
header svg { width: 1.75rem; height: 1.75rem; color: var(--accent); }
h1 { margin: 0 0 .35rem; font-size: 1.4rem; line-height: 1.25; letter-spacing: -.01em; }
p { margin: 0 0 1.25rem; color: var(--soft); }
form { display: grid; gap: 1rem; }
label { display: grid; gap: .35rem; font-weight: 600; }
input { width: 100%; min-height: 2.9rem; padding: .6rem .8rem; border: 1px solid var(--soft); border-radius: .6rem; background: transparent; color: inherit; font: inherit; }
button, a.button { display: block; width: 100%; min-height: 2.9rem; padding: .65rem 1rem; border: 1px solid transparent; border-radius: .6rem; background: var(--accent);
  color: var(--on); font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
button.second, a.button.second { background: transparent; border-color: var(--soft); color: var(--ink); }
[role="alert"] { margin: 0; color: var(--bad); font-weight: 600; }
details { margin-top: 1.5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); font-size: .875rem; }
summary { cursor: pointer; font-weight: 600; }
table { width: 100%; margin-top: .75rem; border-collapse: collapse; }
th, td { padding: .35rem .5rem .35rem 0; text-align: left; font-weight: 400; vertical-align: top; }
th { color: var(--soft); }
code { font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`

/**
 * Headers of every page here. There is no `form-action` among them: browsers apply it to the redirects after a form too,
 * and those lead to whatever application asked.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'`,
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  // Browsers heed it by HTTPS alone (RFC 6797 section 8.1).
  'Strict-Transport-Security': 'max-age=31536000',
  'X-Content-Type-Options': 'nosniff',
}

/** The sign-in form; `failed` holds the login of an attempt that did not succeed. */
export function signInPage(view: {
  readonly action: string
  readonly cancel: string
  readonly people: readonly Person[]
  readonly failed: string | null
}): string {
  return page(
    'Sign in',
    `<p>with your account of the demonstration.</p>
<form method="post" action="${escapeHtml(view.action)}">
${view.failed === null ? '' : '<p role="alert">User name and password do not match.</p>'}
<label>User name <input name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="64" value="${escapeHtml(view.failed ?? '')}"${view.failed === null ? ' autofocus' : ''}></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required maxlength="64"${view.failed === null ? '' : ' autofocus'}></label>
<button type="submit">Sign in</button>
<a class="button second" href="${escapeHtml(view.cancel)}">Cancel</a>
</form>
<details open><summary>Who is there</summary>
<table><thead><tr><th scope="col">User name</th><th scope="col">Password</th><th scope="col">Roles</th></tr></thead>
<tbody>${view.people.map(personRow).join('')}</tbody></table></details>`,
  )
}

/** The form for the code, for somebody who has given the password. */
export function codePage(view: { readonly action: string; readonly cancel: string; readonly failed: boolean }): string {
  return page(
    'Enter your code',
    `<p>The application asks for more than a password. The code of the demonstration is <code>${demonstrationCode}</code>.</p>
<form method="post" action="${escapeHtml(view.action)}">
${view.failed ? '<p role="alert">That is not the code.</p>' : ''}
<label>Code <input name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="6" autofocus></label>
<button type="submit">Go on</button>
<a class="button second" href="${escapeHtml(view.cancel)}">Cancel</a>
</form>`,
  )
}

/** Asks whether to end the provider's own session. `form` is the provider's, with its token against forgery. */
export function signOutPage(form: string): string {
  return page(
    'Sign out here too?',
    `<p>You have signed out of the applications. Your account is still signed in here, so the next sign-in would not ask for a password.</p>
${form}
<form><button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button class="second" type="submit" form="op.logoutForm">Stay signed in here</button></form>`,
  )
}

/** A page that only says something. */
export function messagePage(title: string, text: string): string {
  return page(title, `<p>${escapeHtml(text)}</p>`)
}

function personRow({ login, password, roles }: Person): string {
  return `<tr><td><code>${escapeHtml(login)}</code></td><td><code>${escapeHtml(password)}</code></td><td>${escapeHtml(roles.join(', ') || 'none')}</td></tr>`
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Demo Identity</title>
<style>${style}</style>
</head>
<body>
<main>
<header><svg viewBox="0 0 28 28" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" aria-hidden="true"><circle cx="14" cy="10" r="5"/><path d="M4.5 25a9.5 9.5 0 0 1 19 0"/></svg><span>Demo Identity</span></header>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
