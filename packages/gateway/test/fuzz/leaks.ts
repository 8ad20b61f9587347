import { keyOf, origin } from '../../src/fixtures/test-gateway.ts'
import type { Answered } from './described-answers.ts'
import { mark } from './hostile-values.ts'

/** What the judge of leaks knows of a request. */
export interface Shown {
  /** Everything of it as one text. */
  readonly text: string
  readonly pathname: string
  /** Ids of the sessions whose token is in it, and of those that the same person has besides. */
  readonly ids: ReadonlySet<string>
  /** Whether it shows the key of an operator. */
  readonly byOperator: boolean
}

const applications = ['portal', 'billing', 'desk', 'admin']
/** Where a browser may be sent: to the gateway itself, and to the applications. */
const origins = [origin, 'http://localhost:4410', 'http://localhost:4411']
const anyToken = /eyJ[\w-]{10,}\.[\w-]+\.[\w-]+/
const anyName = /(?<![\w-])[\w-]{43}(?![\w-])/g

/** Says which secret an answer gives away, or null. `ids` are those of all sessions. */
export function leakOf(shown: Shown, { status, headers, text }: Answered, ids: ReadonlyMap<string, string>): string | null {
  if (applications.some((name) => text.includes(keyOf(name)))) return 'a key in the body'
  const isExchange = shown.pathname === '/v1/session/token' && status === 200
  if (!isExchange && anyToken.test(text)) return 'a token in the body'
  // A page may offer the same address again, spelt so that it is nothing but an address.
  const isPage = headers.get('content-type')?.startsWith('text/html')
  const said = text.replace(/"detail":"not as expected: [\w.,() -]+"/, '')
  if (isPage ? text.includes(`('${mark}`) : status >= 400 && said.includes(mark)) return 'what was sent, as it was sent'
  if (!shown.byOperator && shown.pathname !== '/v1/heartbeat') {
    const strange = (text.match(anyName) ?? []).find((name) => ids.has(name) && (status >= 400 || !shown.ids.has(name)))
    if (strange) return 'a session that was not shown'
  }
  if (text.includes('"document":{"id"') && shown.ids.size === 0 && !shown.byOperator) return 'a document'
  const location = headers.get('location')
  if (location !== null && !origins.includes(new URL(location, origin).origin)) return `a redirect to ${location}`
  if (headers.has('access-control-allow-origin')) return 'an answer for other origins'
  return (
    headers
      .getSetCookie()
      .map((cookie) => cookieLeak(shown, cookie))
      .find((leak) => leak !== null) ?? null
  )
}

/** Who shows no token gets no session, but by a login; what is taken back is taken back by a sign-out alone. */
function cookieLeak({ pathname, text, ids }: Shown, cookie: string): string | null {
  if (!/; Path=\/; HttpOnly; Secure; SameSite=Lax(;|$)/.test(cookie)) return `a cookie without its attributes`
  if (cookie.startsWith('__Host-session=;')) return pathname === '/logout' ? null : 'the session cookie taken back'
  if (!cookie.startsWith('__Host-session=')) return /^\/(login|callback)$/.test(pathname) ? null : `a strange cookie`
  if (pathname === '/callback') return text.includes('__Host-login') ? null : 'a session without a login'
  return pathname.startsWith('/v1/forward-auth') && ids.size > 0 ? null : 'a session for nobody'
}

/** Says what is wrong with what was logged, or null. */
export function logFault(lines: readonly string[], ids: ReadonlyMap<string, string>): string | null {
  for (const line of lines) {
    if (!/^[^\n]+\n$/.test(line) || hasControl(line.slice(0, -1))) return `a log line that is not one line: ${line}`
    JSON.parse(line)
    if (line.includes(mark)) return `what was sent, in the log: ${line}`
    if (anyToken.test(line) || applications.some((name) => line.includes(keyOf(name)))) return `a token or a key in the log: ${line}`
    if ((line.match(anyName) ?? []).some((name) => ids.has(name))) return `the id of a session in the log: ${line}`
  }
  return null
}

function hasControl(text: string): boolean {
  return [...text].some((sign) => sign < ' ' || (sign >= '\x7f' && sign <= '\x9f') || sign === '\u2028')
}
