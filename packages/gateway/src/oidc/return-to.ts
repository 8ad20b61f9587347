import { longestReturnTo } from '@single-state/core/protocol'
import { ProblemError } from '../http/problem.ts'

/**
 * Where the browser goes after a login or a logout: an absolute URL on one of the allowed origins. Answers the URL as the
 * parser of browsers spells it, so that what was judged is what is sent.
 *
 * @throws ProblemError `request_invalid` for everything else; nothing is ever guessed or cut.
 */
export function judgeReturnTo(values: readonly string[], allowedOrigins: ReadonlySet<string>, gatewayOrigin: string): string {
  const [value, second] = values
  if (value === undefined) return `${gatewayOrigin}/`
  if (second !== undefined) throw refused('expected once, found twice')
  // Parsers drop tabs and line breaks and read a backslash as a slash: what they would mend is refused.
  if (!/^https?:\/\/[^/\\]/i.test(value) || hasOddCharacter(value)) throw refused('expected an absolute http or https URL')
  const url = URL.canParse(value) ? new URL(value) : null
  if (!url) throw refused('expected an absolute http or https URL')
  if (url.username || url.password) throw refused('expected no user name before the host')
  if (url.origin !== gatewayOrigin && !allowedOrigins.has(url.origin)) throw refused('expected an origin of one of the applications')
  if (url.href.length > longestReturnTo) throw refused(`expected at most ${longestReturnTo} characters, found ${url.href.length}`)
  return url.href
}

/** Backslashes, spaces and control characters have no place in a URL (RFC 3986 section 2). */
function hasOddCharacter(value: string): boolean {
  return /[\\\s]/.test(value) || [...value].some((sign) => sign < ' ' || sign === '\x7f')
}

function refused(found: string): ProblemError {
  return new ProblemError('request_invalid', { detail: `return_to: ${found}` })
}
