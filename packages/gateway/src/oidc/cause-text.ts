/** Four links tell the story of every failure seen; a chain that bites its own tail ends there too. */
const mostLinks = 4

/**
 * What went wrong, in one line for the log: messages and OAuth error codes only. The error objects of a login carry
 * claims and tokens in their causes, so they are never logged or passed on themselves.
 */
export function causeText(error: unknown): string {
  const links: string[] = []
  let link = error
  while (link instanceof Error && links.length < mostLinks) {
    links.push(`${link.message}${oauthCodeOf(link)}`)
    link = link.cause
  }
  return links.join(': ') || 'unknown failure'
}

/** The `error` of an OAuth answer (RFC 6749 sections 4.1.2.1 and 5.2). It may have come through the browser: only its own charset passes. */
function oauthCodeOf(error: Error): string {
  const code = 'error' in error ? error.error : challengedErrorOf(error.cause)
  return typeof code === 'string' && /^[a-z0-9_]{1,64}$/.test(code) ? ` (${code})` : ''
}

/** Where a 401 says why: in the parameters of its challenge (RFC 6750 section 3). */
function challengedErrorOf(challenges: unknown): unknown {
  const [first] = Array.isArray(challenges) ? challenges : []
  return first?.parameters?.error
}
