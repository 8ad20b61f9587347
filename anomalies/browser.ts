/** Sends one request to an application. */
export type Send = (
  path: string,
  init: { readonly method: string; readonly headers: Record<string, string>; readonly body: string | null },
) => Promise<Response>

/** A browser: it keeps cookies in the order in which answers arrive. */
export interface Browser {
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>
  /** With a body it is JSON. */
  readonly post: (path: string, body?: object) => Promise<Response>
  /** Takes cookies that an answer brought, or that were made elsewhere: lines of `Set-Cookie`. */
  readonly take: (setCookies: readonly string[]) => void
  /** The `Cookie` header of the next request. */
  readonly cookie: () => string
  /** Another browser with the cookies that this one has now. */
  readonly copy: () => Browser
}

/** Opens a browser without cookies. */
export function openBrowser(send: Send, headersOfAll: Record<string, string> = {}): Browser {
  const jar = new Map<string, string>()
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')

  function take(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';')
      const name = pair.slice(0, pair.indexOf('=')).trim()
      if (isOver(attributes)) jar.delete(name)
      else jar.set(name, pair.slice(pair.indexOf('=') + 1))
    }
  }

  async function request(method: string, path: string, headers: Record<string, string>, body: string | null): Promise<Response> {
    const shown = jar.size === 0 ? {} : { cookie: cookie() }
    const response = await send(path, { method, headers: { ...headersOfAll, ...shown, ...headers }, body })
    take(response.headers.getSetCookie())
    return response
  }

  return {
    get: (path, headers = {}) => request('GET', path, headers, null),
    post: (path, body) =>
      body === undefined
        ? request('POST', path, {}, null)
        : request('POST', path, { 'content-type': 'application/json' }, JSON.stringify(body)),
    take,
    cookie,
    copy() {
      const other = openBrowser(send, headersOfAll)
      other.take([...jar].map(([name, value]) => `${name}=${value}`))
      return other
    },
  }
}

/** RFC 6265 section 5.3: a cookie whose time is over is taken out; `Max-Age` goes before `Expires`. */
function isOver(attributes: readonly string[]): boolean {
  const attributeOf = (wanted: string) =>
    attributes.map((attribute) => attribute.trim().split('=')).find(([name = '']) => name.toLowerCase() === wanted)?.[1]
  const maxAge = attributeOf('max-age')
  if (maxAge !== undefined) return Number(maxAge) <= 0
  const expires = attributeOf('expires')
  return expires !== undefined && Date.parse(expires) <= Date.now()
}
