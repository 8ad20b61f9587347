interface Cookie {
  readonly host: string
  readonly path: string
  readonly name: string
  readonly value: string
}

/** Cookies as a browser keeps them: by host and path, blind to ports (RFC 6265 section 8.5). */
export interface CookieJar {
  /** Takes in the `Set-Cookie` values of an answer from `url`. */
  readonly take: (url: string, setCookies: readonly string[]) => void
  /** The `Cookie` header for a request to `url`; empty when there is none. */
  readonly headerFor: (url: string) => string
  /** The value of one cookie that would go to `url`, or null. */
  readonly valueFor: (url: string, name: string) => string | null
}

/** An empty jar. It trusts `localhost` with Secure cookies, as browsers do. */
export function createCookieJar(): CookieJar {
  let cookies: readonly Cookie[] = []

  function goingTo(url: string): readonly Cookie[] {
    const { hostname, pathname } = new URL(url)
    return cookies.filter(({ host, path }) => host === hostname && covers(path, pathname)).sort((a, b) => b.path.length - a.path.length)
  }

  function put({ cookie, isRemoval }: { cookie: Cookie; isRemoval: boolean }): void {
    const others = cookies.filter(({ host, path, name }) => host !== cookie.host || path !== cookie.path || name !== cookie.name)
    cookies = isRemoval ? others : [...others, cookie]
  }

  return {
    take(url, setCookies) {
      for (const text of setCookies) put(readSetCookie(url, text))
    },
    headerFor: (url) =>
      goingTo(url)
        .map(({ name, value }) => `${name}=${value}`)
        .join('; '),
    valueFor: (url, name) => goingTo(url).find((cookie) => cookie.name === name)?.value ?? null,
  }
}

function readSetCookie(url: string, text: string): { cookie: Cookie; isRemoval: boolean } {
  const [pair = '', ...attributes] = text.split(';').map((part) => part.trim())
  const equals = pair.indexOf('=')
  const attribute = (name: string) => attributes.find((part) => part.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1)
  const { hostname, pathname } = new URL(url)
  const cookie = {
    host: hostname,
    path: attribute('path') ?? (pathname.slice(0, pathname.lastIndexOf('/')) || '/'),
    name: pair.slice(0, equals),
    value: pair.slice(equals + 1),
  }
  const expires = attribute('expires')
  const isRemoval = attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) <= Date.now())
  return { cookie, isRemoval }
}

/** RFC 6265 section 5.1.4. */
function covers(path: string, asked: string): boolean {
  if (asked === path) return true
  return asked.startsWith(path) && (path.endsWith('/') || asked[path.length] === '/')
}
