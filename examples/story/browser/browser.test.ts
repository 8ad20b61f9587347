import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createBrowser } from './browser.ts'

const servers: Server[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

describe('the browser', () => {
  it('follows redirects to other ports with the cookies that were set on the way', async () => {
    const second = await serve((req, res) => void res.end(`<title>end</title><dd data-fact="cookie">${req.headers.cookie}</dd>`))
    const first = await serve((_req, res) => void res.writeHead(302, { location: second, 'set-cookie': 'a=1; Path=/' }).end())
    const page = await createBrowser().open(first)
    expect(page).toMatchObject({ url: `${second}/`, status: 200, redirects: 1, setCookies: ['a=1; Path=/'] })
    expect(page.fact('cookie')).toBe('a=1')
  })

  it('sends a form with what was filled in, says where it comes from, and goes on with GET', async () => {
    const seen: unknown[] = []
    const origin = await serve(async (req, res) => {
      if (req.method === 'GET') return void res.end('<form method="post" action="/save"><input name="a" value="1"><input name="b"></form>')
      const body = (await req.setEncoding('utf8').toArray()).join('')
      seen.push(req.url, body, req.headers.origin, req.headers['sec-fetch-site'])
      res.writeHead(303, { location: '/' }).end()
    })
    const browser = createBrowser()
    const page = await browser.open(`${origin}/`)
    expect((await browser.submit(page, page.form(), { b: 'two & more' })).status).toBe(200)
    expect(seen).toEqual(['/save', 'a=1&b=two+%26+more', origin, 'same-origin'])
  })

  it('sends the parts of a form that asks for that', async () => {
    const seen: string[] = []
    const origin = await serve(async (req, res) => {
      const form = '<form action="" encType="multipart/form-data" method="POST"><input name="$1:0" value="a &amp; b"/></form>'
      if (req.method === 'GET') return void res.end(form)
      seen.push(req.headers['content-type'] ?? '', (await req.setEncoding('utf8').toArray()).join(''))
      res.end()
    })
    const browser = createBrowser()
    const page = await browser.open(`${origin}/`)
    await browser.submit(page, page.form())
    const [type = '', body = ''] = seen
    const sent = await new Response(body, { headers: { 'content-type': type } }).formData()
    expect([...sent]).toEqual([['$1:0', 'a & b']])
  })

  it('asks for JSON without following a redirect', async () => {
    const origin = await serve(
      (req, res) => void res.writeHead(302, { location: '/elsewhere', 'x-accept': req.headers.accept ?? '' }).end(),
    )
    const answer = await createBrowser().ask(`${origin}/`)
    expect([answer.status, answer.headers['x-accept']]).toEqual([302, 'application/json'])
  })

  it('gives up on redirects that never end', async () => {
    const origin = await serve((_req, res) => void res.writeHead(302, { location: '/' }).end())
    await expect(createBrowser().open(`${origin}/`)).rejects.toThrow('more than 20 redirects')
  })

  it('says what it found instead of a fact or a form that is not there', async () => {
    const origin = await serve((_req, res) => void res.writeHead(503).end('<title>Away</title>'))
    const page = await createBrowser().open(`${origin}/`)
    expect(() => page.fact('version')).toThrow(`expected the fact "version" at ${origin}/, found status 503 and "Away"`)
    expect(() => page.form()).toThrow('expected a form')
    expect(page.factOrNull('version')).toBeNull()
  })
})
