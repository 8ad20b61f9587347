import { request as httpRequest } from 'node:http'
import { type CookieJar, createCookieJar } from './cookie-jar.ts'

/** What a browser shows in the end, and how it came there. */
export interface Visit {
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly html: string
  /** Every address asked on the way, the last one included. */
  readonly hops: readonly { readonly url: URL; readonly status: number; readonly headers: Headers }[]
}

interface Ask {
  readonly method?: 'GET' | 'POST'
  readonly body?: URLSearchParams
  /** Besides those of a browser; an empty value takes one of them away. */
  readonly headers?: Readonly<Record<string, string>>
}

/** As much of a browser as a login needs: it keeps cookies, follows redirects step by step, and fills in forms. */
export interface Browser {
  readonly jar: CookieJar
  /** One request; redirects are not followed. */
  ask(url: string | URL, how?: Ask): Promise<Response>
  /** Opens an address and follows every redirect. */
  open(url: string | URL, how?: Ask): Promise<Visit>
  /** Sends the first POST form of a page with its hidden fields and these. */
  submit(page: Visit, fields?: Readonly<Record<string, string>>): Promise<Visit>
}

/** Serves an origin in this process. */
export type Served = (request: Request) => Response | Promise<Response>

/** No login takes more; a circle does. */
const mostHops = 20

/** A new browser without cookies. Origins in `served` are asked in this process, others over the network. */
export function createBrowser(served: Readonly<Record<string, Served>> = {}): Browser {
  const jar = createCookieJar()

  async function ask(address: string | URL, { method = 'GET', body, headers = {} }: Ask = {}): Promise<Response> {
    const url = new URL(address)
    const sent = new Headers({
      Accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Site': 'none',
    })
    const cookie = jar.headerFor(url)
    if (cookie !== null) sent.set('Cookie', cookie)
    if (body) sent.set('Content-Type', 'application/x-www-form-urlencoded')
    for (const [name, value] of Object.entries(headers)) value === '' ? sent.delete(name) : sent.set(name, value)
    const text = body?.toString() ?? null
    const serve = served[url.origin]
    const response = serve
      ? await serve(new Request(url, { method, headers: sent, body: text }))
      : await overNetwork(url, method, sent, text)
    jar.keep(url, response.headers)
    return response
  }

  async function open(address: string | URL, how: Ask = {}): Promise<Visit> {
    const hops: { url: URL; status: number; headers: Headers }[] = []
    let url = new URL(address)
    let next = how
    for (;;) {
      const response = await ask(url, next)
      hops.push({ url, status: response.status, headers: response.headers })
      const location = response.headers.get('location')
      if (location === null || response.status < 300 || response.status > 399) {
        return { url, status: response.status, headers: response.headers, html: await response.text(), hops }
      }
      if (hops.length > mostHops) throw new Error(`more than ${mostHops} redirects, the last one to ${location}`)
      url = new URL(location, url)
      next = { headers: { 'Sec-Fetch-Site': 'cross-site' } }
    }
  }

  async function submit(page: Visit, fields: Readonly<Record<string, string>> = {}): Promise<Visit> {
    const form = postFormOf(page)
    const action = new URL(form.action, page.url)
    const site = action.origin === page.url.origin ? 'same-origin' : 'cross-site'
    const headers = { Origin: page.url.origin, 'Sec-Fetch-Site': site }
    return open(action, { method: 'POST', body: new URLSearchParams({ ...form.hidden, ...fields }), headers })
  }

  return { jar, ask, open, submit }
}

/** Over `node:http`, because `fetch` sets `Sec-Fetch-Mode` itself and would not pass for a browser. */
export function overNetwork(url: URL, method: string, headers: Headers, body: string | null): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, headers: Object.fromEntries(headers), agent: false }, async (answer) => {
      const chunks: Buffer[] = []
      for await (const chunk of answer) chunks.push(chunk)
      const received = new Headers()
      for (const [name, values] of Object.entries(answer.headersDistinct)) for (const value of values ?? []) received.append(name, value)
      const bytes = Buffer.concat(chunks)
      resolve(new Response(bytes.byteLength === 0 ? null : bytes, { status: answer.statusCode ?? 0, headers: received }))
    })
    sent.once('error', reject)
    sent.end(body ?? undefined)
  })
}

function postFormOf({ html, url }: Visit): { readonly action: string; readonly hidden: Record<string, string> } {
  for (const [, attributes = '', content = ''] of html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
    if (attributeOf(attributes, 'method').toLowerCase() !== 'post') continue
    const inputs = [...content.matchAll(/<input([^>]*)>/g)].map(([, input = '']) => input)
    const hidden = inputs.filter((input) => attributeOf(input, 'type') === 'hidden')
    const fields = hidden.map((input) => [attributeOf(input, 'name'), attributeOf(input, 'value')])
    return { action: attributeOf(attributes, 'action'), hidden: Object.fromEntries(fields) }
  }
  throw new Error(`${url} has no form to submit:\n${html}`)
}

function attributeOf(attributes: string, name: string): string {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1] ?? ''
  return value.replace(/&(?:#(\d+)|amp|quot|lt|gt);/g, (entity, code?: string) =>
    code ? String.fromCharCode(Number(code)) : ({ '&amp;': '&', '&quot;': '"', '&lt;': '<', '&gt;': '>' }[entity] ?? entity),
  )
}
