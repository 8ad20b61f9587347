import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIdp } from './idp.ts'

const client = {
  clientId: 'gateway',
  clientSecret: 'only-for-tests',
  redirectUris: ['http://localhost:4400/callback'],
  postLogoutRedirectUris: ['http://localhost:4400/logout/done'],
}

let server: { readonly port: number; close(): Promise<void> }
beforeAll(async () => {
  // No request of these tests depends on the port in the issuer.
  server = await (await createIdp({ issuer: 'http://localhost', ...client })).listen(0)
})
afterAll(() => server.close())

const at = (path: string) => new URL(path, `http://localhost:${server.port}`)

/** Begins a sign-in; answers the form's address and the cookies that belong to it. */
async function begin(): Promise<{ form: URL; cookie: string }> {
  const url = at('/auth')
  url.search = new URLSearchParams({
    client_id: client.clientId,
    redirect_uri: client.redirectUris[0] ?? '',
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  }).toString()
  const response = await fetch(url, { redirect: 'manual' })
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  return { form: at(response.headers.get('location') ?? ''), cookie }
}

function submit(form: URL, cookie: string, fields: Record<string, string>): Promise<Response> {
  return fetch(form, { method: 'POST', body: new URLSearchParams(fields), headers: { cookie }, redirect: 'manual' })
}

describe('the sign-in form', () => {
  it('lets in who knows the password', async () => {
    const { form, cookie } = await begin()
    const response = await submit(form, cookie, { login: 'bob', password: 'bob-demo' })
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toContain('/auth/')
  })

  it.each([{ login: 'bob', password: 'ada-demo' }, { login: 'eve', password: 'eve-demo' }, { login: '"><script>', password: '' }, {}])(
    'asks again after %o',
    async (fields) => {
      const { form, cookie } = await begin()
      const response = await submit(form, cookie, fields)
      expect(response.status).toBe(401)
      const page = await response.text()
      expect(page).toContain('role="alert"')
      expect(page).not.toContain('<script')
    },
  )

  it('is over for a browser that did not begin it, and for a form that is too large', async () => {
    const { form, cookie } = await begin()
    expect((await submit(form, '', { login: 'bob', password: 'bob-demo' })).status).toBe(400)
    expect((await submit(form, cookie, { login: 'x'.repeat(10_000) })).status).toBe(500)
    expect((await fetch(at('/sign-in/unknown'))).status).toBe(400)
  })

  it('may be framed by nobody and loads nothing', async () => {
    const { form, cookie } = await begin()
    const response = await fetch(form, { headers: { cookie } })
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
    expect(response.headers.get('strict-transport-security')).toBe('max-age=31536000')
  })
})

describe('the provider', () => {
  it('refuses a client that it does not know, with a page that repeats nothing', async () => {
    const response = await fetch(at('/auth?client_id=<script>&response_type=code'), { headers: { accept: 'text/html' } })
    expect(response.status).toBe(400)
    expect(await response.text()).not.toContain('<script>')
  })

  it('says so when its port is taken', async () => {
    const second = await createIdp({ issuer: 'http://localhost', ...client })
    await expect(second.listen(server.port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})
