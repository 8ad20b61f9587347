import { createCookieJar } from './cookie-jar.ts'
import type { Form } from './forms.ts'
import { createPage, type Page } from './page.ts'
import { type Answer, type SentRequest, send } from './send.ts'

/** As much of a browser as the story needs: cookies, redirects, forms, and the headers that say who asks. */
export interface Browser {
  /** Opens an address as if it had been typed in. */
  readonly open: (url: string) => Promise<Page>
  /** Fills a form of a page and sends it; `fields` replace what stands in it, a button's name and value among them. */
  readonly submit: (page: Page, form: Form, fields?: Readonly<Record<string, string>>) => Promise<Page>
  /** Asks as a script of the same page would: for JSON, without following redirects. */
  readonly ask: (url: string) => Promise<Answer>
  /** The session cookie, or null. */
  readonly token: (url: string) => string | null
  /** The `Cookie` header that goes to an address. */
  readonly cookiesFor: (url: string) => string
  /** Takes in a cookie that came some other way. */
  readonly take: (url: string, setCookie: string) => void
}

const cookieName = '__Host-session'
/** 20: browsers give up there as well. */
const mostRedirects = 20

/** A browser that has never been anywhere. */
export function createBrowser(): Browser {
  const jar = createCookieJar()

  async function sendWithCookies(request: SentRequest): Promise<Answer> {
    const cookie = jar.headerFor(request.url)
    const answer = await send({ ...request, headers: { ...request.headers, ...(cookie !== '' && { cookie }) } })
    jar.take(request.url, answer.headers['set-cookie'] ?? [])
    return answer
  }

  async function navigate(first: SentRequest): Promise<Page> {
    let request = first
    const setCookies: string[] = []
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const answer = await sendWithCookies(request)
      setCookies.push(...(answer.headers['set-cookie'] ?? []))
      const { location } = answer.headers
      if (answer.status < 300 || answer.status > 399 || location === undefined)
        return createPage(request.url, answer, { redirects, setCookies })
      // After 301, 302 and 303 browsers go on with GET (Fetch, HTTP-redirect fetch).
      request = { method: 'GET', url: new URL(location, request.url).href, headers: navigationHeaders(null) }
    }
    throw new Error(`more than ${mostRedirects} redirects from ${first.url}`)
  }

  return {
    open: (url) => navigate({ method: 'GET', url, headers: navigationHeaders(null) }),
    submit: async (page, form, fields = {}) => navigate(await requestOf(page, form, fields)),
    ask: (url) => sendWithCookies({ method: 'GET', url, headers: { accept: 'application/json', ...sentFrom('cors', 'same-origin') } }),
    token: (url) => jar.valueFor(url, cookieName),
    cookiesFor: jar.headerFor,
    take: (url, setCookie) => jar.take(url, [setCookie]),
  }
}

async function requestOf(page: Page, form: Form, fields: Readonly<Record<string, string>>): Promise<SentRequest> {
  const sent = { ...form.fields, ...fields }
  if (form.method === 'GET')
    return { method: 'GET', url: `${form.action}?${new URLSearchParams(sent)}`, headers: navigationHeaders(page.url) }
  const { origin } = new URL(page.url)
  const { body, type } = await encoded(form, sent)
  return { method: 'POST', url: form.action, headers: { ...navigationHeaders(page.url), origin, 'content-type': type }, body }
}

async function encoded({ encoding }: Form, fields: Readonly<Record<string, string>>): Promise<{ body: string; type: string }> {
  if (encoding === 'urlencoded') return { body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded' }
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  const whole = new Response(data)
  return { body: await whole.text(), type: whole.headers.get('content-type') ?? '' }
}

/** Every part is on `localhost`, and a site has no ports: what is not the same origin is at least the same site. */
function navigationHeaders(from: string | null): Readonly<Record<string, string>> {
  return { accept: 'text/html,application/xhtml+xml', ...sentFrom('navigate', from === null ? 'none' : 'same-origin') }
}

function sentFrom(mode: 'navigate' | 'cors', site: 'none' | 'same-origin'): Readonly<Record<string, string>> {
  return { 'sec-fetch-mode': mode, 'sec-fetch-site': site }
}
