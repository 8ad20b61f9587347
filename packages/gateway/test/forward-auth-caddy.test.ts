import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startCaddy } from '../../../tools/servers/caddy-server.ts'
import { freePort, hasProgram } from '../../../tools/servers/server-process.ts'
import { keyOf } from '../src/fixtures/test-gateway.ts'
import { overNetwork } from './browser.ts'
import { sessionCookie } from './login-harness.ts'
import {
  addressThatSays,
  askForUpgrade,
  caddyConfiguration,
  listeningGateway,
  proxiedApplication,
  returnPaths,
  sayings,
} from './proxied-application.ts'

// Caddy is not among the programs that the tests require: with CI=true, too, they are skipped where it is missing.
const isMissing = !hasProgram('caddy')
if (isMissing) process.stderr.write('skipped: caddy not found on this machine\n')

let port: number
let gateway: Awaited<ReturnType<typeof listeningGateway>>
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function start(key = keyOf('billing')): Promise<void> {
  port = await freePort()
  gateway = await listeningGateway(port)
  closing.push(() => gateway.close())
  const application = await proxiedApplication(gateway)
  closing.push(() => application.close())
  const sites = caddyConfiguration({ caddy: port, gateway: gateway.port, application: application.port })
  const caddy = await startCaddy({ sites, url: `http://localhost:${port}/`, env: { SINGLE_STATE_KEY: key } })
  closing.push(() => caddy.stop())
}

async function ask(path: string, token: string | null, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  const sent = { Host: `localhost:${port}`, ...(token !== null && { Cookie: `${sessionCookie}=${token}` }), ...headers }
  const response = await overNetwork(new URL(path, `http://127.0.0.1:${port}`), method, new Headers(sent), null)
  const text = await response.text()
  // biome-ignore lint/suspicious/noExplicitAny: answers of every kind are looked into.
  const body: any = text.startsWith('{') ? JSON.parse(text) : text
  return { status: response.status, headers: response.headers, body }
}

async function contextFor(token: string): Promise<string> {
  const answer = await gateway.call('GET', '/v1/forward-auth', { as: 'billing', headers: { Cookie: `${sessionCookie}=${token}` } })
  return answer.headers.get('session-context') ?? ''
}

describe.skipIf(isMissing)('an application behind Caddy', () => {
  beforeEach(() => start())

  it('knows who is signed in from the context, whatever the browser has forged', async () => {
    const [ada, bob] = [await gateway.signIn('ada'), await gateway.signIn('bob')]
    const ofBob = await contextFor(bob)
    for (const forged of [null, ofBob, 'x', `${ofBob}, ${ofBob}`, '']) {
      const headers = { 'Session-Token': bob, ...(forged !== null && { 'Session-Context': forged }) }
      expect(await ask('/me', ada, headers)).toMatchObject({ status: 200, body: { subject: 'ada', source: 'snapshot' } })
      const seen = await ask('/headers', ada, headers)
      const [, payload = ''] = (seen.body['session-context'] as string).split('.')
      expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ document: { identity: { subject: 'ada' } } })
      expect((await ask('/me', null, headers)).status).toBe(401)
    }
    expect((await ask('/me', bob)).body).toMatchObject({ subject: 'bob', source: 'snapshot' })
  })

  it('is not reached without a session, nor when it has ended', async () => {
    const token = await gateway.signIn('ada')
    expect((await ask('/headers', token)).status).toBe(200)
    for (const none of [null, '', 'not.a.token']) expect((await ask('/headers', none, {}, 'POST')).status).toBe(401)
    await gateway.call('DELETE', '/v1/session', { as: 'portal', token, body: { reason: 'sign_out' } })
    expect((await ask('/headers', token)).status).toBe(401)
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

  it('does not see the key that the gateway was asked with', async () => {
    const { body } = await ask('/headers', await gateway.signIn('ada'))
    expect(JSON.stringify(body)).not.toContain(keyOf('billing'))
  })

  it('is served with an expired token, and the browser gets its successor', async () => {
    const token = await gateway.signIn('ada')
    gateway.advance(360_000)
    const answer = await ask('/headers', token)
    const [, successor = ''] = /=([^;]+);/.exec(answer.headers.get('set-cookie') ?? '') ?? []
    expect(answer.headers.get('set-cookie')).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
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

  it('says 400 to two session cookies, and keeps its own 500', async () => {
    const token = await gateway.signIn('ada')
    expect((await ask('/me', null, { Cookie: `${sessionCookie}=${token}; ${sessionCookie}=${token}` })).status).toBe(400)
    expect(await ask('/broken', token)).toMatchObject({ status: 500, body: 'broken' })
  })

  it('is not reached, and nobody is signed out, while the gateway does not answer', async () => {
    const token = await gateway.signIn('ada')
    await gateway.close()
    const away = await ask('/me', token)
    expect([away.status, away.headers.get('set-cookie')]).toEqual([502, null])
  })
})

describe.skipIf(isMissing)('a Caddy whose key is wrong', () => {
  it('signs nobody out: 503', async () => {
    await start(keyOf('nobody'))
    const { status, headers } = await ask('/me', await gateway.signIn('ada'), { 'Sec-Fetch-Mode': 'navigate' })
    expect([status, headers.get('retry-after'), headers.get('set-cookie')]).toEqual([503, '1', null])
  })
})
