import type { SessionCookie } from '@single-state/core/protocol'
import { getPublicSuffix } from 'tldts'

/**
 * Chooses name and reach of the session cookie from where browsers meet the gateway and its applications.
 *
 * One host: `__Host-session`, which no other host can set or receive. Several: every host under the shared domain
 * receives the token, so that domain must be named and not guessed. Ports do not matter to cookies (RFC 6265 section 8.5).
 *
 * @throws TypeError that says why no cookie would do.
 */
export function chooseCookie(origins: readonly URL[], domain: string | undefined): SessionCookie {
  const hosts = [...new Set(origins.map(({ hostname }) => hostname))]
  const [only, ...others] = hosts
  if (others.length === 0) {
    if (domain === undefined) return { name: '__Host-session', domain: null }
    throw new TypeError(`cookie.domain: leave it out, since all origins are on ${only}; with it other hosts would receive the token`)
  }
  if (domain === undefined) throw new TypeError(nameTheDomain(hosts))
  checkDomain(domain, hosts)
  return { name: '__Secure-session', domain }
}

function nameTheDomain(hosts: readonly string[]): string {
  const parent = commonParent(hosts)
  const where = `origins are on several hosts (${hosts.join(', ')})`
  if (parent === null) return `applications: ${where} with no parent domain in common; a session cookie reaches hosts of one site only`
  return `cookie.domain: ${where}; name the parent domain that they share, such as '${parent}', if all hosts under it are yours`
}

function checkDomain(domain: string, hosts: readonly string[]): void {
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain) || isAddress(domain)) {
    throw new TypeError(`cookie.domain: expected a domain such as 'example.com', without a dot before it, found ${JSON.stringify(domain)}`)
  }
  // Browsers take no cookie for one (RFC 6265 section 5.3, step 5), and it would go to everybody's hosts.
  if (getPublicSuffix(domain, { allowPrivateDomains: true }) === domain) {
    throw new TypeError(`cookie.domain: expected a domain of yours, found ${domain}, under which everybody registers names`)
  }
  const outside = hosts.find((host) => host !== domain && !host.endsWith(`.${domain}`))
  if (outside !== undefined) throw new TypeError(`cookie.domain: expected a parent of all origins, but ${outside} is not under ${domain}`)
}

/** The longest domain of two labels or more that all hosts are under. */
function commonParent(hosts: readonly string[]): string | null {
  if (hosts.some(isAddress)) return null
  const [first, ...rest] = hosts.map((host) => host.split('.').reverse())
  const shared = (first as string[]).filter((_, at, all) =>
    rest.every((host) => all.slice(0, at + 1).every((label, i) => host[i] === label)),
  )
  const parent = shared.reverse().join('.')
  return shared.length < 2 || getPublicSuffix(parent, { allowPrivateDomains: true }) === parent ? null : parent
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || /^\d+(\.\d+){3}$/.test(host)
}
