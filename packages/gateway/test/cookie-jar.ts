interface Cookie {
  readonly name: string
  readonly value: string
  readonly host: string
  /** Without a `Domain` attribute it goes back to this host only. */
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
}

/** The cookies of one browser, kept and sent by the rules of RFC 6265bis as far as tests need them; cookies know no ports. */
export interface CookieJar {
  /** Takes over the `Set-Cookie` headers of an answer. */
  keep(url: URL, headers: Headers): void
  /** The `Cookie` header for a request, or null. */
  headerFor(url: URL): string | null
  /** Value of the cookie that would be sent to `url`, or null. */
  valueOf(url: string, name: string): string | null
  /** Plants a cookie as if the browser had it, or replaces its value. */
  set(url: string, name: string, value: string): void
  clear(): void
}

/** An empty jar. */
export function createCookieJar(): CookieJar {
  const cookies = new Map<string, Cookie>()

  function put(cookie: Cookie, gone: boolean): void {
    const key = `${cookie.name};${cookie.host};${cookie.path}`
    if (gone) cookies.delete(key)
    else cookies.set(key, cookie)
  }

  /** Longer paths first, then the order of creation (RFC 6265bis section 5.8.3). */
  function matching(url: URL): readonly Cookie[] {
    return [...cookies.values()].filter((cookie) => isSent(cookie, url)).sort((a, b) => b.path.length - a.path.length)
  }

  return {
    keep: (url, headers) => {
      for (const line of headers.getSetCookie()) {
        const { cookie, gone } = parseSetCookie(line, url)
        if (isAcceptable(cookie)) put(cookie, gone)
      }
    },
    headerFor: (url) => {
      const pairs = matching(url).map(({ name, value }) => `${name}=${value}`)
      return pairs.length === 0 ? null : pairs.join('; ')
    },
    valueOf: (url, name) => matching(new URL(url)).find((cookie) => cookie.name === name)?.value ?? null,
    set: (url, name, value) => put({ name, value, host: new URL(url).hostname, hostOnly: true, path: '/', secure: true }, false),
    clear: () => cookies.clear(),
  }
}

function parseSetCookie(line: string, url: URL): { readonly cookie: Cookie; readonly gone: boolean } {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim())
  const attributes = new Map(rest.map((part) => [part.split('=', 1)[0]?.toLowerCase() ?? '', part.slice(part.indexOf('=') + 1)]))
  const domain = attributes.get('domain')
  const expires = attributes.get('expires')
  const cookie = {
    name: pair.slice(0, pair.indexOf('=')),
    value: pair.slice(pair.indexOf('=') + 1),
    host: domain ?? url.hostname,
    hostOnly: domain === undefined,
    path: attributes.get('path') ?? '/',
    secure: attributes.has('secure'),
  }
  const gone = Number(attributes.get('max-age') ?? 1) <= 0 || (expires !== undefined && Date.parse(expires) <= Date.now())
  return { cookie, gone }
}

/** Names with a prefix must keep its promise (RFC 6265bis section 4.1.3). */
function isAcceptable({ name, secure, hostOnly, path }: Cookie): boolean {
  if (name.startsWith('__Host-')) return secure && hostOnly && path === '/'
  return !name.startsWith('__Secure-') || secure
}

function isSent({ host, hostOnly, path, secure }: Cookie, { protocol, hostname, pathname }: URL): boolean {
  const hostFits = hostname === host || (!hostOnly && hostname.endsWith(`.${host}`))
  const pathFits = path === '/' || pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`)
  return hostFits && pathFits && (!secure || protocol === 'https:' || hostname === 'localhost')
}
