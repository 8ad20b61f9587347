import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import { style } from './style.ts'

/** Markup in which every inserted value has been escaped. */
export type Markup = ReturnType<typeof html>

/** One page of the gateway. */
export interface Page {
  readonly title: string
  readonly body: Markup
  /** Default 200. */
  readonly status?: number
  /** The signet's colour: `'warn'` where something has gone wrong. Default `'calm'`. */
  readonly mood?: 'calm' | 'warn'
  /** Whether the page has a form whose answer redirects to `https:` or, where applications are developed, `http:`. Default: no forms. */
  readonly forms?: FormReach
}

/** How far the redirects after a form may lead. */
export type FormReach = 'https' | 'http'

const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`

/** The whole answer: the page, and a policy under which it can load and run nothing. */
export async function pageResponse(page: Page): Promise<Response> {
  const { status = 200 } = page
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': contentPolicy(page.forms),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  }
  return new Response(String(await document(page)), { status, headers })
}

/**
 * Chromium applies `form-action` to every redirect after a submission (Content Security Policy 3, section 6.4.1), and those
 * lead to the provider and on to an application of anybody's choosing. So the list names schemes: no form of ours takes
 * its target from outside.
 */
function contentPolicy(forms: FormReach | undefined): string {
  const targets = { https: "'self' https:", http: "'self' https: http:" }
  const formAction = forms ? targets[forms] : "'none'"
  return `default-src 'none'; style-src ${styleHash}; form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`
}

function document({ title, body, mood = 'calm' }: Page): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<main>
<svg class="mark${mood === 'warn' ? ' warn' : ''}" viewBox="0 0 40 40" fill="none" aria-hidden="true"><circle cx="20" cy="20" r="17" stroke="currentColor" stroke-width="3" stroke-dasharray="80 26.8" stroke-linecap="round" transform="rotate(-60 20 20)"/><circle cx="20" cy="20" r="7" fill="currentColor"/></svg>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`
}
