import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createBrowser } from '../../test/browser.ts'
import { failureOf } from '../../test/failure-of.ts'
import { signInAs, startTestIdp, type TestIdp } from '../../test/test-idp.ts'
import { type OidcOptions, oidc } from './oidc.ts'
import type { IdentityProvider, LoginTransaction } from './provider.ts'
import { drawTransaction } from './transaction.ts'

const gateway = 'http://localhost:4400'

let idp: TestIdp

beforeAll(async () => {
  idp = await startTestIdp(gateway)
})
afterEach(async () => {
  idp.spoil(null)
  await idp.start()
})
afterAll(() => idp.stop())

const begun = () => drawTransaction(`${gateway}/callback`)

function party(options: Partial<OidcOptions> = {}): IdentityProvider {
  const { issuer, clientId, clientSecret } = idp
  return oidc({ issuer, clientId, clientSecret, ...options })
}

/** Signs in through the provider's pages and answers what the browser brings back to the gateway. */
async function answerFor(provider: IdentityProvider, transaction: LoginTransaction, login: 'ada' | 'bob' | 'carol' = 'ada'): Promise<URL> {
  const browser = createBrowser({ [gateway]: () => new Response('the gateway') })
  const form = await browser.open(await provider.begin(transaction))
  return (await signInAs(browser, form, login)).url
}

describe('a login with a real provider', () => {
  it('asks for a code with PKCE, state and nonce', async () => {
    const transaction = begun()
    const url = await party({ scopes: ['openid', 'profile'] }).begin(transaction)
    expect(url.origin).toBe(idp.issuer)
    const { code_challenge, ...parameters } = Object.fromEntries(url.searchParams)
    expect(parameters).toEqual({
      client_id: 'gateway',
      response_type: 'code',
      redirect_uri: `${gateway}/callback`,
      scope: 'openid profile',
      state: transaction.state,
      nonce: transaction.nonce,
      code_challenge_method: 'S256',
    })
    expect(code_challenge).not.toBe(transaction.codeVerifier)
  })

  it('vouches for the person with the claims of the ID token', async () => {
    const provider = party()
    const transaction = begun()
    const before = Math.floor(Date.now() / 1_000) * 1_000
    const person = await provider.finish(await answerFor(provider, transaction), transaction)
    expect(person).toMatchObject({ issuer: idp.issuer, subject: 'ada', acr: null, amr: ['pwd'] })
    expect(person.claims).toMatchObject({ sub: 'ada', roles: ['admin', 'member'], plan: 'pro' })
    expect(person.authenticatedAtMs).toBeGreaterThanOrEqual(before)
    expect(provider.issuer).toBe(person.issuer)
  })

  it.each(['basic', 'post'] as const)('sends the secret as %s', async (clientAuthentication) => {
    const provider = party({ clientAuthentication })
    const transaction = begun()
    expect((await provider.finish(await answerFor(provider, transaction, 'bob'), transaction)).subject).toBe('bob')
  })

  it('adds what the userinfo endpoint knows when it is told to', async () => {
    const provider = party({ userinfo: true, scopes: ['openid', 'profile'] })
    const transaction = begun()
    const asked: string[] = []
    idp.spoil(({ url }) => asked.push(url ?? '') === 0)
    const { claims } = await provider.finish(await answerFor(provider, transaction, 'carol'), transaction)
    expect(claims).toMatchObject({ sub: 'carol', name: 'Carol', roles: [], aud: 'gateway' })
    expect(asked).toContain('/me')
  })

  it('fails when the provider does not know the secret', async () => {
    const provider = party({ clientSecret: 'another' })
    const transaction = begun()
    const answer = await answerFor(provider, transaction)
    expect(await failureOf(provider.finish(answer, transaction))).toMatchObject({
      code: 'login_failed',
      seen: expect.stringContaining('invalid_client'),
    })
  })

  it('redeems an answer once', async () => {
    const provider = party()
    const transaction = begun()
    const answer = await answerFor(provider, transaction)
    await provider.finish(answer, transaction)
    expect(await failureOf(provider.finish(answer, transaction))).toMatchObject({
      code: 'login_failed',
      seen: expect.stringContaining('invalid_grant'),
    })
  })

  it('refuses an answer to another login', async () => {
    const provider = party()
    const transaction = begun()
    const answer = await answerFor(provider, transaction)
    expect((await failureOf(provider.finish(answer, begun()))).code).toBe('login_failed')
    expect((await failureOf(provider.finish(answer, { ...transaction, codeVerifier: begun().codeVerifier }))).code).toBe('login_failed')
  })

  it('refuses an answer that names another provider', async () => {
    const provider = party()
    const transaction = begun()
    const answer = await answerFor(provider, transaction)
    answer.searchParams.set('iss', 'https://evil.example')
    expect(await failureOf(provider.finish(answer, transaction))).toMatchObject({
      code: 'login_failed',
      seen: expect.stringContaining('iss'),
    })
  })

  it.each([
    ['access_denied', 'login_failed'],
    ['invalid_scope', 'login_failed'],
    ['<script>', 'login_failed'],
    ['server_error', 'identity_provider_unavailable'],
    ['temporarily_unavailable', 'identity_provider_unavailable'],
  ])('takes the error answer %s for %s', async (error, code) => {
    const provider = party()
    const transaction = begun()
    const answer = new URL(transaction.redirectUri)
    answer.search = new URLSearchParams({ error, error_description: 'because', state: transaction.state, iss: idp.issuer }).toString()
    const failure = await failureOf(provider.finish(answer, transaction))
    expect(failure.code).toBe(code)
    expect(failure.seen).not.toMatch(/because|<script>/)
  })

  it('says where the session of the provider ends, and null where there is no such place', async () => {
    const url = await party().endSessionUrl(`${gateway}/logout/done`, 'https://portal.example.com/')
    expect(url?.pathname).toBe('/session/end')
    expect(Object.fromEntries(url?.searchParams ?? [])).toEqual({
      client_id: 'gateway',
      post_logout_redirect_uri: `${gateway}/logout/done`,
      state: 'https://portal.example.com/',
    })
    idp.spoil(metadata({ end_session_endpoint: undefined }))
    expect(await party().endSessionUrl(`${gateway}/logout/done`, gateway)).toBeNull()
  })
})

describe('a provider that is away', () => {
  it('is unavailable at the beginning, and there again as soon as it is back', async () => {
    const provider = party()
    await idp.stop()
    expect(await failureOf(provider.begin(begun()))).toMatchObject({
      code: 'identity_provider_unavailable',
      seen: expect.stringContaining('ECONNREFUSED'),
    })
    expect((await failureOf(provider.endSessionUrl(gateway, gateway))).code).toBe('identity_provider_unavailable')
    await idp.start()
    await expect(provider.begin(begun())).resolves.toBeInstanceOf(URL)
    await idp.stop()
    expect((await failureOf(provider.begin(begun()))).code).toBe('identity_provider_unavailable')
    await idp.start()
  })

  it('is unavailable at the end, and its answer is still good when it is back', async () => {
    const provider = party()
    const transaction = begun()
    const answer = await answerFor(provider, transaction)
    await idp.stop()
    expect((await failureOf(provider.finish(answer, transaction))).code).toBe('identity_provider_unavailable')
    await idp.start()
    expect((await provider.finish(answer, transaction)).subject).toBe('ada')
  })

  it.each([500, 502, 503, 429])('is unavailable when it answers %i', async (status) => {
    idp.spoil((_req, res) => Boolean(res.writeHead(status).end('{}')))
    expect((await failureOf(party().begin(begun()))).code).toBe('identity_provider_unavailable')
  })

  it.each([500, 429])('is unavailable when it answers a code with %i, which is still good afterwards', async (status) => {
    const provider = party()
    const transaction = begun()
    const answer = await answerFor(provider, transaction)
    idp.spoil(({ url }, res) => url === '/token' && Boolean(res.writeHead(status).end('{}')))
    expect((await failureOf(provider.finish(answer, transaction))).code).toBe('identity_provider_unavailable')
    idp.spoil(null)
    expect((await provider.finish(answer, transaction)).subject).toBe('ada')
  })

  it('is unavailable when it does not answer in time', async () => {
    idp.spoil(() => true)
    expect((await failureOf(party({ timeoutMs: 100 }).begin(begun()))).code).toBe('identity_provider_unavailable')
  })

  it('is unavailable when it begins an answer and does not end it', async () => {
    idp.spoil((_req, res) => res.writeHead(200, { 'Content-Type': 'application/json' }).write('{'))
    expect((await failureOf(party({ timeoutMs: 100 }).begin(begun()))).code).toBe('identity_provider_unavailable')
  })

  it('is unavailable when its answer never ends to grow', async () => {
    idp.spoil((_req, res) => Boolean(res.writeHead(200, { 'Content-Type': 'application/json' }).end(' '.repeat(1_100_000))))
    expect(await failureOf(party().begin(begun()))).toMatchObject({
      code: 'identity_provider_unavailable',
      seen: expect.stringContaining('1048576'),
    })
  })

  it('is unavailable when something else answers at its address', async () => {
    idp.spoil((_req, res) => Boolean(res.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>It works!</h1>')))
    expect((await failureOf(party().begin(begun()))).code).toBe('identity_provider_unavailable')
    idp.spoil(metadata({ issuer: 'https://evil.example' }))
    expect((await failureOf(party().begin(begun()))).code).toBe('identity_provider_unavailable')
  })

  it('is unavailable when its issuer is spelt in another way, and the log says how', async () => {
    const failure = await failureOf(party({ issuer: `${idp.issuer}/` }).begin(begun()))
    expect(failure).toEqual({
      code: 'identity_provider_unavailable',
      seen: `issuer: expected "${idp.issuer}" as the provider spells it, found "${idp.issuer}/"`,
    })
  })

  it('is not asked by plain HTTP on another machine, whatever the metadata says', async () => {
    const provider = party()
    const transaction = begun()
    const answer = await answerFor(provider, transaction)
    idp.spoil(metadata({ token_endpoint: 'http://idp.example/token' }))
    await provider.begin(begun())
    expect(await failureOf(provider.finish(answer, transaction))).toMatchObject({ seen: expect.stringContaining('expected https') })
  })
})

/** Answers the provider's metadata with some of it changed. */
function metadata(change: Record<string, unknown>) {
  return (...[req, res]: Parameters<Parameters<TestIdp['spoil']>[0] & object>): boolean => {
    if (!req.url?.startsWith('/.well-known/')) return false
    const { issuer } = idp
    const told = {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      end_session_endpoint: `${issuer}/session/end`,
      ...change,
    }
    res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(told))
    return true
  }
}
