import { SessionError } from '@single-state/core/errors'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { loginUrl, openLoginGateway } from '../../test/login-harness.ts'
import { createLogoutTokens, logoutEvent, type Odd } from '../../test/logout-tokens.ts'
import { startTestIdp, type TestIdp } from '../../test/test-idp.ts'
import { authenticationOf, openTestGateway, origin } from '../fixtures/test-gateway.ts'
import { memoryStore } from '../stores/memory.ts'

let idp: TestIdp
let tokens: Awaited<ReturnType<typeof createLogoutTokens>>
beforeAll(async () => {
  idp = await startTestIdp(origin)
  tokens = await createLogoutTokens(idp.issuer)
})
beforeEach(async () => {
  await idp.start()
  idp.spoil(tokens.keySet)
})
afterEach(() => void vi.useRealTimers())
afterAll(() => idp.stop())

type Opened = Awaited<ReturnType<typeof openLoginGateway>>

async function opened(overrides: Parameters<typeof openLoginGateway>[1] = {}) {
  const gateway = await openLoginGateway(idp, overrides)
  const signedIn = (subject: string, idpSession: string | null) => startedAs(gateway, subject, idpSession)
  return { ...gateway, signedIn, isAlive: async (token: string) => (await gateway.read(token)).status === 200 }
}

async function startedAs({ gateway }: Opened, subject: string, idpSession: string | null): Promise<string> {
  const start = await gateway.startSession({ ...authenticationOf(subject), issuer: idp.issuer, idpSession })
  if (start.kind !== 'started') throw new Error(start.why)
  return start.token
}

/** Posts as a provider does. */
async function post({ gateway }: Pick<Opened, 'gateway'>, body: string | URLSearchParams, headers: Record<string, string> = {}) {
  const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const response = await gateway.fetch(
    new Request(`${origin}/backchannel-logout`, { method: 'POST', body: body.toString(), headers: { ...type, ...headers } }),
  )
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}

const form = (token: string) => new URLSearchParams({ logout_token: token })

describe('a sign-out at the provider', () => {
  it('ends the sessions that its session began, and no others', async () => {
    const gateway = await opened()
    const [here, there, bob] = [
      await gateway.signedIn('ada', 's1'),
      await gateway.signedIn('ada', 's2'),
      await gateway.signedIn('bob', 's3'),
    ]
    const answer = await post(gateway, form(await tokens.token({ claims: { sid: 's1', sub: undefined } })))
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect((await gateway.read(here)).body).toMatchObject({ code: 'session_ended', reason: 'revoked' })
    expect([await gateway.isAlive(there), await gateway.isAlive(bob)]).toEqual([true, true])
  })

  it('with both names ends that session of that person only', async () => {
    const gateway = await opened()
    const [ada, adaToo, bob] = [
      await gateway.signedIn('ada', 's1'),
      await gateway.signedIn('ada', 's2'),
      await gateway.signedIn('bob', 's1'),
    ]
    expect((await post(gateway, form(await tokens.token({ claims: { sid: 's1', sub: 'ada' } })))).status).toBe(200)
    expect([await gateway.isAlive(ada), await gateway.isAlive(adaToo), await gateway.isAlive(bob)]).toEqual([false, true, true])
  })

  it('by the person ends all of their sessions, and no one else’s', async () => {
    const gateway = await opened()
    const [one, two, bob] = [await gateway.signedIn('ada', 's1'), await gateway.signedIn('ada', null), await gateway.signedIn('bob', 's3')]
    expect((await post(gateway, form(await tokens.token()))).status).toBe(200)
    expect([await gateway.isAlive(one), await gateway.isAlive(two), await gateway.isAlive(bob)]).toEqual([false, false, true])
  })

  it('does not end the same person of another issuer', async () => {
    const gateway = await opened()
    const namesake = await gateway.signIn('ada')
    expect((await post(gateway, form(await tokens.token()))).status).toBe(200)
    expect((await gateway.read(namesake)).status).toBe(200)
  })

  it('is 200 for somebody who has signed out already, or never came', async () => {
    const gateway = await opened()
    await gateway.signedIn('ada', 's1')
    for (const claims of [{ sid: 's1' }, { sid: 's1' }, { sub: 'nobody' }, {}, {}]) {
      expect((await post(gateway, form(await tokens.token({ claims })))).status).toBe(200)
    }
  })

  it('names the provider as who acted', async () => {
    const gateway = await opened()
    await gateway.signedIn('ada', 's1')
    await gateway.signedIn('ada', 's2')
    await post(gateway, form(await tokens.token({ claims: { sid: 's1' } })))
    await post(gateway, form(await tokens.token()))
    const act = {
      application: 'gateway',
      actor: idp.issuer,
      reason: 'backchannel_logout',
      subject: `${idp.issuer} ada`,
      outcome: 'committed',
    }
    const ended = { operation: 'end_subject', session: expect.any(String), ...act }
    const cutoff = { operation: 'end_subject', session: null, ...act }
    expect((await gateway.audit()).slice(-4)).toMatchObject([cutoff, ended, cutoff, ended])
    expect(await gateway.call('GET', '/v1/audit/verify', { as: 'admin' })).toMatchObject({ body: { ok: true } })
  })

  it.each<[string, Odd]>([
    ['claims that nobody knows', { claims: { trace_id: 7, events: { [logoutEvent]: { more: [] }, 'urn:other': {} } } }],
    ['no type', { header: { typ: undefined } }],
    ['the type in its long form', { header: { typ: 'application/LOGOUT+JWT' } }],
    ['a list of one audience', { claims: { aud: ['gateway'] } }],
    ['a clock 4 s ahead', { claims: { iat: seconds(4), exp: seconds(124) } }],
    [
      'a header that names keys elsewhere, which nobody fetches',
      { header: { jku: 'http://127.0.0.1:9/jwks', x5u: 'http://127.0.0.1:9/' } },
    ],
  ])('is believed with %s', async (_what, odd) => {
    const gateway = await opened()
    const token = await gateway.signedIn('ada', 's1')
    expect((await post(gateway, form(await tokens.token(odd)))).status).toBe(200)
    expect(await gateway.isAlive(token)).toBe(false)
  })
})

describe('a logout token that does not hold', () => {
  it.each<[string, string, Odd]>([
    ['alg none', 'form or signature', { signedBy: 'none' }],
    ['an alg that is not the registered one, of a key that is the provider’s', 'form or signature', { signedBy: 'PS256' }],
    ['an alg of another kind, of a key that is the provider’s', 'form or signature', { signedBy: 'ES256' }],
    ['a MAC with the public key', 'form or signature', { signedBy: 'HS256' }],
    ['a key of somebody else', 'form or signature', { signedBy: 'stranger' }],
    ['an unknown key id', 'form or signature', { header: { kid: 'nobody' } }],
    ['a wrong audience', 'aud', { claims: { aud: 'another' } }],
    ['a second audience', 'aud', { claims: { aud: ['gateway', 'another'] } }],
    ['no audience', 'aud', { claims: { aud: undefined } }],
    ['a wrong issuer', 'iss', { claims: { iss: 'https://evil.example' } }],
    ['no issuer', 'iss', { claims: { iss: undefined } }],
    ['no events', 'events', { claims: { events: undefined } }],
    ['another event', 'events', { claims: { events: { 'http://schemas.openid.net/event/backchannel-logoutx': {} } } }],
    ['an event without an object', 'events', { claims: { events: { [logoutEvent]: true } } }],
    ['an event with a list', 'events', { claims: { events: { [logoutEvent]: [] } } }],
    ['events that are a list', 'events', { claims: { events: [logoutEvent] } }],
    ['a nonce', 'nonce', { claims: { nonce: 'n' } }],
    ['an empty nonce', 'nonce', { claims: { nonce: '' } }],
    ['nobody named', 'sub', { claims: { sub: undefined } }],
    ['a person who is a number', 'sub', { claims: { sub: 7 } }],
    ['a person without a name', 'sub', { claims: { sub: '' } }],
    ['a session that is an object', 'sid', { claims: { sid: {} } }],
    ['no jti', 'jti', { claims: { jti: undefined } }],
    ['no iat', 'iat', { claims: { iat: undefined } }],
    ['no exp', 'exp', { claims: { exp: undefined } }],
    ['an exp in the past', 'exp', { claims: { exp: seconds(-6) } }],
    ['an iat of 126 s ago, whatever exp says', 'iat', { claims: { iat: seconds(-126), exp: seconds(3_600) } }],
    ['an iat to come', 'iat', { claims: { iat: seconds(60), exp: seconds(120) } }],
    ['an nbf to come', 'nbf', { claims: { nbf: seconds(60) } }],
    ['the type of an ID token', 'typ', { header: { typ: 'JWT' } }],
    ['the type of an access token', 'typ', { header: { typ: 'at+jwt' } }],
    ['a critical extension', 'form or signature', { header: { crit: ['x'], x: 1 } }],
  ])('is refused: %s (%s)', async (_what, why, odd) => {
    const gateway = await opened()
    const token = await gateway.signedIn('ada', 's1')
    const answer = await post(gateway, form(await tokens.token(odd)))
    expect([answer.status, answer.body.code, answer.headers.get('cache-control')]).toEqual([400, 'request_invalid', 'no-store'])
    expect(answer.body.detail).toBe(`logout_token: not as expected: ${why}`)
    expect(await gateway.isAlive(token)).toBe(true)
    const warnings = gateway.logged().filter(({ level }) => level === 40)
    expect(warnings).toMatchObject([{ msg: 'a sign-out by the identity provider came to nothing', why: answer.body.detail }])
  })

  it.each<[string, (token: string) => string]>([
    ['two tokens', (token) => `logout_token=${token}&logout_token=${token}`],
    ['no token', () => 'logout_tokem=x'],
    ['an empty form', () => ''],
    ['a token cut short', (token) => `logout_token=${token.slice(0, -1)}`],
    ['a token with a changed signature', (token) => `logout_token=${token.slice(0, -8)}AAAAAAAA`],
    ['a form over its limit', (token) => `logout_token=${token}&pad=${'x'.repeat(8_192)}`],
  ])('is refused: %s', async (_what, body) => {
    const gateway = await opened()
    const token = await gateway.signedIn('ada', 's1')
    const answer = await post(gateway, body(await tokens.token()))
    expect([answer.status, answer.body.code]).toEqual([400, 'request_invalid'])
    expect(await gateway.isAlive(token)).toBe(true)
  })

  it('is refused in another form than a form, and by another method', async () => {
    const gateway = await opened()
    const token = await tokens.token()
    expect((await post(gateway, JSON.stringify({ logout_token: token }), { 'Content-Type': 'application/json' })).status).toBe(400)
    const get = await gateway.gateway.fetch(new Request(`${origin}/backchannel-logout?logout_token=${token}`))
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('is refused when it was obeyed before: nobody is signed out again by a copy', async () => {
    const gateway = await opened()
    const token = await tokens.token()
    expect((await post(gateway, form(token))).status).toBe(200)
    const again = await gateway.signedIn('ada', 's2')
    expect((await post(gateway, form(token))).status).toBe(400)
    expect(await gateway.isAlive(again)).toBe(true)
  })

  it.each<[string, lastsMs: number, expS: number]>([
    ['2 min and the leeway after it was issued, in whole seconds', 125_999, 600],
    ['the leeway after its end', 64_999, 60],
    ['the leeway after its end, a fraction of a second', 65_999, 60.5],
  ])('is refused as a copy up to the last moment at which it would be believed: %s', async (_what, lastsMs, expS) => {
    const gateway = await opened()
    const iat = Math.floor(gateway.now() / 1_000)
    const passTo = (ms: number) => {
      gateway.advance(iat * 1_000 + ms - gateway.now())
      vi.setSystemTime(gateway.now())
    }
    vi.useFakeTimers({ toFake: ['Date'] })
    passTo(500)
    const token = await tokens.token({ claims: { iat, exp: iat + expS } })
    expect((await post(gateway, form(token))).status).toBe(200)
    passTo(lastsMs)
    expect((await post(gateway, form(token))).body.detail).toBe('logout_token: shown before')
    passTo(lastsMs + 1)
    expect((await post(gateway, form(token))).body.detail).toMatch(/^logout_token: not as expected: (iat|exp)$/)
  })

  it('is refused by a gateway whose provider sends none', async () => {
    const gateway = await openTestGateway()
    expect((await post(gateway, form(await tokens.token()))).status).toBe(400)
  })
})

describe('a sign-out that cannot be carried out', () => {
  it.each<['endSubject' | 'findByIdpSession', Readonly<Record<string, unknown>>]>([
    ['endSubject', {}],
    ['endSubject', { sid: 's1' }],
    ['findByIdpSession', { sid: 's1', sub: undefined }],
  ])('is 400 and not forgotten while the store does not %s: %j', async (verb, claims) => {
    const store = memoryStore()
    const whole = store[verb]
    const gateway = await opened({ store })
    const session = await gateway.signedIn('ada', 's1')
    const token = await tokens.token({ claims })
    Object.assign(store, { [verb]: () => Promise.reject(new SessionError('store_unavailable')) })
    const refused = await post(gateway, form(token))
    expect([refused.status, refused.body.code, refused.headers.get('cache-control')]).toEqual([400, 'logout_failed', 'no-store'])
    Object.assign(store, { [verb]: whole })
    expect(await gateway.isAlive(session)).toBe(true)
    expect((await post(gateway, form(token))).status).toBe(200)
    expect(await gateway.isAlive(session)).toBe(false)
  })

  it('is 400 while the provider’s keys cannot be had, and works once they can', async () => {
    const gateway = await opened()
    const session = await gateway.signedIn('ada', 's1')
    const token = await tokens.token()
    idp.spoil((req, res) => req.url === '/jwks' && !!res.writeHead(503).end())
    expect(await post(gateway, form(token))).toMatchObject({ status: 400, body: { code: 'logout_failed' } })
    idp.spoil(tokens.keySet)
    expect((await post(gateway, form(token))).status).toBe(200)
    expect(await gateway.isAlive(session)).toBe(false)
  })

  it('asks for the keys once, however many tokens of unknown keys come', async () => {
    const gateway = await opened()
    let asked = 0
    idp.spoil((req, res) => {
      if (req.url === '/jwks') asked++
      return tokens.keySet(req, res)
    })
    const flood = await Promise.all(Array.from({ length: 40 }, (_, at) => tokens.token({ header: { kid: `nobody${at}` } })))
    const answers = await Promise.all(flood.map((token) => post(gateway, form(token))))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]))
    expect(asked).toBe(1)
  })

  it('asks for the keys once, also where logins have begun between tokens of unknown keys', async () => {
    const gateway = await opened()
    let asked = 0
    idp.spoil((req, res) => {
      if (req.url === '/jwks') asked++
      return tokens.keySet(req, res)
    })
    for (const kid of ['nobody1', 'nobody2', 'nobody3']) {
      expect((await gateway.gateway.fetch(new Request(loginUrl()))).status).toBe(302)
      expect((await post(gateway, form(await tokens.token({ header: { kid } })))).status).toBe(400)
    }
    expect(asked).toBe(1)
  })

  it('asks for the keys anew where the provider has moved them', async () => {
    const gateway = await opened()
    expect((await post(gateway, form(await tokens.token()))).status).toBe(200)
    const elsewhere = await createLogoutTokens(idp.issuer)
    idp.spoil((req, res) => {
      if (req.url === '/keys') return elsewhere.keySet(Object.assign(req, { url: '/jwks' }), res)
      if (req.url !== '/.well-known/openid-configuration') return false
      const { issuer } = idp
      const metadata = { issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` }
      res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(metadata))
      return true
    })
    await gateway.gateway.fetch(new Request(loginUrl()))
    expect((await post(gateway, form(await elsewhere.token()))).status).toBe(200)
  })

  it('is put off when too many come at once', async () => {
    const gateway = await opened()
    const token = await tokens.token()
    let release: (() => void) | undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    idp.spoil((req, res) => {
      if (req.url === '/jwks') void held.then(() => tokens.keySet(req, res))
      return req.url === '/jwks'
    })
    const answers = Array.from({ length: 528 }, () => post(gateway, form(token)))
    const statuses: number[] = []
    for (const answer of answers) void answer.then(({ status }) => statuses.push(status))
    await expect.poll(() => statuses).toEqual(Array(16).fill(429))
    release?.()
    const all = await Promise.all(answers)
    expect(all.filter(({ status }) => status === 429).every(({ headers }) => headers.has('retry-after'))).toBe(true)
    expect((await post(gateway, form(await tokens.token()))).status).toBe(200)
  })
})

function seconds(fromNow: number): number {
  return Math.floor(Date.now() / 1_000) + fromNow
}
