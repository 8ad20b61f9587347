import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startCaddy } from '../../../tools/servers/caddy-server.ts'
import { freePort, hasProgram } from '../../../tools/servers/server-process.ts'
import { keyOf } from '../src/fixtures/test-gateway.ts'
import { overNetwork } from './browser.ts'
import { sessionCookie } from './login-harness.ts'
import { guideConfiguration, listeningGateway, proxiedApplication } from './proxied-application.ts'

// Caddy is not among the programs that the tests require: with CI=true, too, they are skipped where it is missing.
const isMissing = !hasProgram('caddy')
if (isMissing) process.stderr.write('skipped: caddy not found on this machine\n')

let port: number
let gateway: Awaited<ReturnType<typeof listeningGateway>>
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

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
  beforeEach(async () => {
    port = await freePort()
    gateway = await listeningGateway(port)
    closing.push(() => gateway.close())
    const application = await proxiedApplication(gateway)
    closing.push(() => application.close())
    const sites = guideConfiguration('caddyfile', [
      ['app.example.com', `http://localhost:${port}`],
      ['127.0.0.1:4400', `127.0.0.1:${gateway.port}`],
      ['127.0.0.1:3000', `127.0.0.1:${application.port}`],
    ])
    const caddy = await startCaddy({ sites, url: `http://localhost:${port}/`, env: { SINGLE_STATE_KEY: keyOf('billing') } })
    closing.push(() => caddy.stop())
  })

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

  it('is not reached, and nobody is signed out, while the gateway does not answer', async () => {
    const token = await gateway.signIn('ada')
    await gateway.close()
    const away = await ask('/me', token)
    expect([away.status, away.headers.get('set-cookie')]).toEqual([502, null])
  })
})
