import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type NginxServer, startNginx } from '../../../tools/servers/nginx-server.ts'
import { freePort, skipWithout } from '../../../tools/servers/server-process.ts'
import { keyOf } from '../src/fixtures/test-gateway.ts'
import { overNetwork } from './browser.ts'
import { sessionCookie } from './login-harness.ts'
import {
  addressThatSays,
  askForUpgrade,
  listeningGateway,
  nginxConfiguration,
  proxiedApplication,
  returnPaths,
  sayings,
} from './proxied-application.ts'

type Gateway = Awaited<ReturnType<typeof listeningGateway>>

let gateway: Gateway
let port: number
const closing: (() => unknown)[] = []

/** A cache that keeps whatever it is not told to leave alone. */
const greedyCache = `proxy_cache_path cache keys_zone=all:1m;
proxy_cache all;
proxy_cache_valid any 10m;
proxy_cache_methods GET HEAD POST;
`

async function start(prepare: (configuration: string) => string = (text) => text): Promise<NginxServer> {
  port = await freePort()
  gateway = await listeningGateway(port)
  closing.push(() => gateway.close())
  const application = await proxiedApplication(gateway)
  closing.push(() => application.close())
  const http = prepare(nginxConfiguration({ nginx: port, gateway: gateway.port, application: application.port }))
  const nginx = await startNginx({ http, port })
  closing.push(() => nginx.stop())
  return nginx
}

async function ask(path: string, token: string | null, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  const sent = { Host: `localhost:${port}`, ...(token !== null && { Cookie: `${sessionCookie}=${token}` }), ...headers }
  const response = await overNetwork(new URL(path, `http://127.0.0.1:${port}`), method, new Headers(sent), null)
  const text = await response.text()
  // biome-ignore lint/suspicious/noExplicitAny: answers of every kind are looked into.
  const body: any = text.startsWith('{') ? JSON.parse(text) : text
  return { status: response.status, headers: response.headers, body }
}

/** What the gateway says to a proxy of this application, asked without one. */
async function contextFor(token: string, application: 'billing' | 'portal' = 'billing'): Promise<string> {
  const headers = { Cookie: `${sessionCookie}=${token}` }
  const answer = await gateway.call('GET', '/v1/forward-auth', { as: application, headers })
  return answer.headers.get('session-context') ?? ''
}

const askedForSessions = () => gateway.asked.filter((asked) => /session$|reads$/.test(asked))

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

describe.skipIf(skipWithout('nginx'))('an application behind nginx', () => {
  beforeEach(async () => {
    await start()
  })

  it('knows who is signed in from the context, and asks the gateway for no session', async () => {
    const [ada, bob] = [await gateway.signIn('ada'), await gateway.signIn('bob')]
    expect(await ask('/me', ada)).toMatchObject({ status: 200, body: { subject: 'ada', source: 'snapshot' } })
    expect(await ask('/me', bob)).toMatchObject({ status: 200, body: { subject: 'bob', source: 'snapshot' } })
    expect(askedForSessions()).toEqual([])
    expect(gateway.asked.filter((asked) => asked === 'GET /v1/forward-auth')).toHaveLength(2)
  })

  it('sees the session as it is at each request', async () => {
    const token = await gateway.signIn('ada')
    expect((await ask('/me', token)).status).toBe(200)
    await gateway.call('DELETE', '/v1/session', { as: 'portal', token, body: { reason: 'sign_out' } })
    const over = await ask('/me', token)
    expect([over.status, over.headers.get('set-cookie')]).toEqual([401, null])
  })

  it.each([null, 'not.a.token', ''])('is not reached by a request without a session: %s', async (token) => {
    const page = await ask('/me', token, { 'Sec-Fetch-Mode': 'navigate' })
    expect([page.status, page.headers.get('cache-control')]).toEqual([302, 'private, no-store'])
    expect((await ask('/me', token, { 'Sec-Fetch-Mode': 'cors' })).status).toBe(401)
    expect((await ask('/headers', token, {}, 'POST')).status).toBe(401)
  })

  it.each<[string, Readonly<Record<string, string>>, number, string?]>([
    ['a page', { 'Sec-Fetch-Mode': 'navigate' }, 302],
    ['a page, in a browser that does not say so', { Accept: 'text/html,*/*;q=0.8' }, 302],
    ['what a script asks for', { 'Sec-Fetch-Mode': 'cors', Accept: 'text/html' }, 401],
    ['what a program asks for', { Accept: 'application/json' }, 401],
    ['a form that was sent', { 'Sec-Fetch-Mode': 'navigate', Accept: 'text/html' }, 401, 'POST'],
  ])('sends to the login who opens a page, and tells everybody else 401: %s', async (_what, headers, status, method) => {
    const answer = await ask('/me', null, headers, method)
    expect([answer.status, answer.headers.has('location')]).toEqual([status, status === 302])
  })

  it.each(returnPaths)(
    'sends the browser back to this path after the login, and puts nothing else into its address: %s',
    async (path, back) => {
      const { headers } = await ask(path, null, { 'Sec-Fetch-Mode': 'navigate' })
      const login = new URL(headers.get('location') ?? '')
      expect(`${login.origin}${login.pathname}`).toBe(`http://localhost:${gateway.port}/login`)
      const [[name, value] = ['', ''], ...others] = [...login.searchParams]
      expect([name, new URL(value).href, others]).toEqual(['return_to', `http://localhost:${port}${back}`, []])
      expect((await gateway.gateway.fetch(new Request(login))).status).toBe(302)
      expect(headers.get('set-cookie')).toBeNull()
    },
  )

  it('speaks WebSocket with those who are signed in, and no other protocol', async () => {
    const token = await gateway.signIn('ada')
    expect(await askForUpgrade(port, 'websocket', token)).toEqual({ status: 101, received: 'with a context: ping' })
    expect((await askForUpgrade(port, 'websocket', null)).status).toBe(401)
    for (const other of ['h2c', 'websocket, h2c', ['h2c', 'websocket']]) expect((await askForUpgrade(port, other, token)).status).toBe(200)
  })

  it('gets the gateway’s context and never the browser’s', async () => {
    const [ada, bob] = [await gateway.signIn('ada'), await gateway.signIn('bob')]
    const ofBob = await contextFor(bob)
    for (const spoofed of [ofBob, 'x', `${ofBob}, ${ofBob}`, '']) {
      const headers = {
        'Session-Context': spoofed,
        'Session-Token': bob,
        'Contract-Revision': '0',
      }
      const seen = await ask('/headers', ada, headers)
      const [, payload = ''] = (seen.body['session-context'] as string).split('.')
      expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
        aud: 'billing',
        document: { identity: { subject: 'ada' } },
      })
      expect((await ask('/me', ada, headers)).body).toMatchObject({ subject: 'ada' })
      expect((await ask('/me', null, headers)).status).toBe(401)
    }
  })

  it('cannot be reached at the address of the check', async () => {
    expect((await ask('/session-check', await gateway.signIn('ada'))).status).toBe(404)
  })

  it('is served with an expired token, and the browser gets its successor', async () => {
    const token = await gateway.signIn('ada')
    gateway.advance(360_000)
    const answer = await ask('/headers', token)
    expect(answer.status).toBe(200)
    const [, successor = ''] =
      new RegExp(`^${sessionCookie}=([^;]+); Path=/; HttpOnly; Secure; SameSite=Lax$`).exec(answer.headers.get('set-cookie') ?? '') ?? []
    expect(successor).not.toBe(token)
    expect((await ask('/me', successor)).body).toMatchObject({ subject: 'ada', source: 'snapshot' })
  })

  it.each(sayings.kept)('hands out a cookie with an answer that then nobody may keep: %s', async (_what, said) => {
    const token = await gateway.signIn('ada')
    gateway.advance(200_000)
    const { status, headers } = await ask(addressThatSays(said), token)
    expect([status, headers.getSetCookie().length]).toEqual([Number(said['status'] ?? 200), 1])
    expect(headers.get('set-cookie')).toContain(sessionCookie)
    expect(headers.get('cache-control')).toMatch(/(^|, )no-store$/)
  })

  it.each(sayings.stored)('hands out no cookie with an answer that others may keep: %s', async (_what, said) => {
    const token = await gateway.signIn('ada')
    gateway.advance(200_000)
    const { status, headers } = await ask(addressThatSays(said), token)
    expect([status, headers.get('set-cookie')]).toEqual([Number(said['status'] ?? 200), null])
    expect(headers.get('cache-control')).toBe(said['Cache-Control'] ?? null)
  })

  it.each([...sayings.kept, ...sayings.stored])(
    'says about caches what it always says, while no cookie is due: %s',
    async (_what, said) => {
      const { headers } = await ask(addressThatSays(said), await gateway.signIn('ada'))
      expect([headers.get('set-cookie'), headers.get('cache-control')]).toEqual([null, said['Cache-Control'] ?? null])
    },
  )

  it('is signed out by a token that was replaced long ago', async () => {
    const token = await gateway.signIn('ada')
    gateway.advance(200_000)
    const [, next = ''] = /=([^;]+)/.exec((await ask('/headers', token)).headers.get('set-cookie') ?? '') ?? []
    expect((await ask('/me', next)).status).toBe(200)
    gateway.advance(11_000)
    expect((await ask('/me', token)).status).toBe(401)
    expect((await gateway.read(next)).body).toMatchObject({ code: 'session_ended', reason: 'reused' })
  })

  it('says 503, and touches no cookie, while the gateway does not answer', async () => {
    const token = await gateway.signIn('ada')
    expect((await ask('/me', token)).status).toBe(200)
    await gateway.close()
    const away = await ask('/me', token)
    expect([away.status, away.headers.get('retry-after'), away.headers.get('set-cookie')]).toEqual([503, '1', null])
    expect(away.headers.get('cache-control')).toBe('private, no-store')
  })

  it('says 400 to two session cookies, and keeps its own 500', async () => {
    const token = await gateway.signIn('ada')
    expect((await ask('/me', null, { Cookie: `${sessionCookie}=${token}; ${sessionCookie}=${token}` })).status).toBe(400)
    expect(await ask('/broken', token)).toMatchObject({ status: 500, body: 'broken' })
  })
})

describe.skipIf(skipWithout('nginx'))('an nginx whose key is wrong', () => {
  it('signs nobody out: 503', async () => {
    await start((text) => text.replaceAll(keyOf('billing'), keyOf('nobody')))
    expect((await ask('/me', await gateway.signIn('ada'), { 'Sec-Fetch-Mode': 'navigate' })).status).toBe(503)
  })
})

describe.skipIf(skipWithout('nginx'))('an nginx that caches', () => {
  const watched = (text: string) =>
    text.replace('add_header Set-Cookie', 'add_header Cache-Hit $upstream_cache_status always; add_header Set-Cookie')

  it.each<[string, (text: string) => string]>([
    ['as the guide says', (text) => `${greedyCache}proxy_cache_key $request_uri;\n${watched(text)}`],
    ['even the answers of the check', (text) => `${greedyCache}${watched(text).replace('proxy_cache off;', '')}`],
  ])('never gives one person the session of another: %s', async (_how, prepare) => {
    const nginx = await start(prepare)
    const people = ['ada', 'bob'] as const
    const tokens = { ada: await gateway.signIn('ada'), bob: await gateway.signIn('bob') }
    for (let round = 0; round < 25; round++) {
      for (const person of people) {
        const seen = await ask('/me', tokens[person])
        expect([seen.status, seen.body.subject, seen.headers.get('cache-hit')]).toEqual([200, person, 'MISS'])
        expect((await ask('/me', null)).status).toBe(401)
      }
    }
    expect(filesIn(nginx)).toBe(0)
    const [first, second] = [await ask('/asset', tokens.ada), await ask('/asset', tokens.bob)]
    expect([first.body, first.headers.get('cache-hit')]).toEqual(['asset 1', 'MISS'])
    expect([second.body, second.headers.get('cache-hit')]).toEqual(['asset 1', 'HIT'])
    expect((await ask('/asset', null)).status).toBe(401)
    expect(filesIn(nginx)).toBe(1)
  })

  it('keeps no answer of an application that asks the gateway itself, whatever its status', async () => {
    const target = await freePort()
    const nginx = await start((text) => {
      const [, application] = /proxy_pass (http:\/\/127\.0\.0\.1:\d+);/.exec(text) ?? []
      const plain = `location / { proxy_set_header Host $http_host; proxy_pass ${application}; add_header Cache-Hit $upstream_cache_status always; }`
      return `${text}\n${greedyCache}\nserver { listen 127.0.0.1:${target}; ${plain} }`
    })
    port = target
    const [ada, bob] = [await gateway.signIn('ada'), await gateway.signIn('bob')]
    const seen = new Set<number>()
    const look = async (...call: Parameters<typeof ask>) => {
      for (const _ of [1, 2]) {
        const answer = await ask(...call)
        expect([call[0], answer.headers.get('cache-hit')]).toEqual([call[0], 'MISS'])
        expect(answer.headers.get('cache-control')).toBe('private, no-store')
        expect(answer.headers.get('vary')).toBe('Cookie, Authorization')
        seen.add(answer.status)
      }
    }
    for (const token of [ada, bob, null]) {
      for (const path of ['/me', '/guarded', '/forbidden', '/conflict']) {
        await look(path, token)
        await look(path, token, { 'Sec-Fetch-Mode': 'navigate' })
      }
    }
    await look('/guarded', ada, { Authorization: 'Bearer x' })
    await gateway.close()
    await look('/guarded', ada)
    expect([...seen].sort()).toEqual([200, 302, 400, 401, 403, 409, 503])
    expect(filesIn(nginx)).toBe(0)
  })

  it('keeps no answer of the gateway, whatever its status', async () => {
    const target = await freePort()
    const nginx = await start(
      (text) => `${text}
${greedyCache}
server {
  listen 127.0.0.1:${target};
  location / { proxy_set_header If-None-Match $http_if_none_match; proxy_pass http://127.0.0.1:${gateway.port}; add_header Cache-Hit $upstream_cache_status always; }
}`,
    )
    port = target
    const token = await gateway.signIn('ada')
    const key = { Authorization: `Bearer ${keyOf('portal')}`, 'Contract-Revision': '3' }
    const own = { ...key, 'Session-Token': token }
    const { headers } = await ask('/v1/session', null, own)
    const seen = new Map<number, number>()
    const calls: readonly Parameters<typeof ask>[] = [
      ['/v1/session', null, own],
      ['/v1/session', null, { ...own, 'If-None-Match': headers.get('etag') ?? '' }],
      ['/v1/session', null, key],
      ['/v1/session', null, { ...own, 'Session-Token': 'x' }],
      ['/v1/session', null, { 'Session-Token': token }],
      ['/v1/session/others', null, own],
      ['/v1/sessions/x', null, own],
      ['/v1/forward-auth', token, key],
      ['/v1/forward-auth', null, key],
      ['/v1/forward-auth', null, { ...key, Cookie: `${sessionCookie}=a; ${sessionCookie}=b` }],
      ['/v1/forward-auth', token, { Authorization: 'Bearer x' }],
      ['/v1/application', null, key],
      ['/v1/nothing', null, key],
      ['/login', token, {}],
      ['/login?return_to=https://evil.example', token, {}],
      ['/callback?state=x', token, {}],
      ['/logout', token, { 'Sec-Fetch-Mode': 'navigate' }],
      ['/logout', token, { 'Sec-Fetch-Site': 'cross-site' }, 'POST'],
      ['/backchannel-logout', null, {}, 'POST'],
      ['/v1/session', null, own, 'POST'],
      ['/.well-known/jwks.json', null, {}],
      ['/', token, { 'Sec-Fetch-Mode': 'navigate' }],
      ['/logout', token, { 'Sec-Fetch-Site': 'same-origin' }, 'POST'],
      ['/v1/session', null, own],
    ]
    for (const call of [...calls, ...calls]) {
      const answer = await ask(...call)
      expect([call[0], answer.headers.get('cache-hit') ?? 'MISS']).toEqual([call[0], 'MISS'])
      expect(answer.headers.get('cache-control')).toMatch(/no-store/)
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
    }
    expect([...seen.keys()].sort()).toEqual([200, 302, 304, 400, 401, 403, 404, 405, 503])
    expect(filesIn(nginx)).toBe(0)
  })
})

function filesIn({ folder }: NginxServer): number {
  const entries = readdirSync(join(folder, 'cache'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).length
}
