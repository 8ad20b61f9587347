import { createHash } from 'node:crypto'
import { html, type Markup } from './markup.ts'
import { type Neighbours, neighbours } from './neighbours.ts'
import { style } from './style.ts'

/** The applications that have pages. */
export type Application = 'portal' | 'billing' | 'workspace' | 'admin'

/** One page of an application. */
export interface Page {
  readonly application: Application
  readonly title: string
  /** Below the title. Default: nothing. */
  readonly lead?: Markup | string
  readonly body: Markup
  /** `'two'` has a narrow column at the side, `'narrow'` says one thing. Default `'two'`. */
  readonly width?: 'two' | 'narrow'
  /** Whom the page is for. Default: nobody is signed in. */
  readonly subject?: string
}

/** As people know them, in the order of the navigation. */
export const applicationNames: Readonly<Record<Application, string>> = {
  portal: 'Portal',
  billing: 'Billing',
  workspace: 'Workspace',
  admin: 'Administration',
}

/**
 * Headers of every page: it can load nothing and run nothing.
 *
 * Chromium applies `form-action` to each redirect after a form (Content Security Policy 3, section 6.4.1), and the way to
 * the sign-in leads over gateway and provider: so the list names the scheme. No form takes its target from outside.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "form-action 'self' http: https:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

/**
 * `Strict-Transport-Security` of every answer, whoever has made it: a year. Browsers heed it by HTTPS alone (RFC 6797
 * section 8.1): where the demonstration is on plain HTTP it does nothing.
 */
export const strictTransport = 'max-age=31536000'

/** The whole document. */
export function page({ application, title, lead, body, width = 'two', subject }: Page): string {
  const around = neighbours()
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Acme ${applicationNames[application]}</title>
<style>${{ html: style }}</style>
</head>
<body class="${application}">
<a class="skip" href="#main">Skip to the content</a>
<header class="bar"><div>
<span class="mark"><svg viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M5 26 16 6l11 20M10 19h12"/></svg>Acme</span>
<nav aria-label="Applications"><ul>${(Object.keys(applicationNames) as Application[]).map((name) => entry(name, application, around))}</ul></nav>
${subject !== undefined && who(application, subject, around)}
</div></header>
<main id="main" class="${width}">
<header><h1>${title}</h1>${lead && html`<p class="lead">${lead}</p>`}</header>
${body}
</main>
</body>
</html>
`.html
}

function entry(name: Application, current: Application, around: Neighbours): Markup {
  return html`<li><a href="${around[name]}/"${name === current && html` aria-current="page"`}>${applicationNames[name]}</a></li>`
}

/** Signing out is the portal's: one application is enough, since it reaches all. Elsewhere a link leads there. */
function who(application: Application, subject: string, { portal }: Neighbours): Markup {
  const button = html`<form method="post" action="/sign-out"><button class="second small">Sign out</button></form>`
  const link = html`<a class="button second small" href="${portal}/sign-out">Sign out</a>`
  return html`<div class="who"><span>Signed in as <strong data-fact="subject">${subject}</strong></span>${application === 'portal' ? button : link}</div>`
}
