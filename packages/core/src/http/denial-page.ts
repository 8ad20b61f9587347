/** What a person is told, by the status of the answer: what happened, and what can be done. */
const words: Readonly<Record<number | string, { readonly title: string; readonly text: string }>> = {
  400: { title: 'This request is unclear', text: 'It carried more than one sign-in. Close the other tabs of this site and try again.' },
  401: {
    title: 'Please sign in',
    text: 'You are not signed in, so nothing was saved. Open the page before it again, and sign in when asked.',
  },
  403: { title: 'Not allowed', text: 'You are signed in, but this page is not open to you.' },
  409: {
    title: 'Something has changed',
    text: 'Your session has changed since this page was opened. Nothing was saved. Open the page before it again, and decide anew.',
  },
  insufficient: {
    title: 'Please sign in again',
    text: 'This needs a stronger or more recent sign-in. Nothing was saved. Open the page before it again and sign in when asked.',
  },
  503: {
    title: 'Temporarily unavailable',
    text: 'We cannot check your sign-in right now. You are still signed in; please try again in a moment.',
  },
}

/** Text on its ground has a contrast of at least 4.5 in both schemes (WCAG 2.2, 1.4.3). */
const style = `
:root { color-scheme: light dark; --ground: #eef0f4; --card: #fff; --line: #d5d9e2; --ink: #171b26; --soft: #565f73; --accent: #2f4fd8; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #0f1218; --card: #181c25; --line: #313849; --ink: #eceff6; --soft: #a3acc0; --accent: #9db0ff; --on: #0f1530; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main { width: 100%; max-width: 28rem; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 1rem; }
h1 { margin: 0 0 .5rem; font-size: 1.4rem; line-height: 1.25; }
p { margin: 0; color: var(--soft); }
a { display: inline-block; margin-top: 1.5rem; padding: .65rem 1.25rem; border-radius: .65rem; background: var(--accent); color: var(--on); font-weight: 600; text-decoration: none; }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`

/**
 * Of every such page: it can load and run nothing, be framed by nobody, and tells nobody where it was. Without a digest at
 * hand that does not wait, that of the style stands here; a test compares them.
 */
export const denialPageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'sha256-rRHx1DDTWAg6RQtnAv0b0bpfvlo8yaK0KLFAJ672zXk='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
} as const

/**
 * A page for a person, without scripts or anything fetched: applications that want their own look handle the result
 * themselves. `again` offers the address that was asked once more.
 */
export function denialPage(kind: number | string, again: boolean): string {
  const { title, text } = words[kind] ?? { title: 'Not possible', text: 'This page cannot be shown.' }
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${text}</p>
${again ? '<a href="">Try again</a>' : ''}
</main>
</body>
</html>
`
}
