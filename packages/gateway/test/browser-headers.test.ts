import { once } from 'node:events'
import { connect } from 'node:net'
import { SessionError } from '@single-state/core/protocol'
import { describe, expect, it } from 'vitest'
import { openTestGateway, type Received, type Sent, type TestGateway } from '../src/fixtures/test-gateway.ts'
import { serveGateway } from '../src/serve.ts'
import { memoryStore } from '../src/stores/memory.ts'
import type { SessionStore } from '../src/stores/store.ts'

interface Asking extends TestGateway {
  readonly token: string
  readonly etag: string
}

type Row = readonly [what: string, status: number, ask: (gateway: Asking) => Promise<Received>]

const page = { 'Sec-Fetch-Mode': 'navigate' }
const ask =
  (method: string, path: string, sent: Sent = {}): Row[2] =>
  ({ call }) =>
    call(method, path, sent)
const asPortal =
  (method: string, path: string, sent: Sent = {}): Row[2] =>
  ({ call, token, etag }) =>
    call(method, path, { as: 'portal', token, ...sent, headers: { 'If-Match': etag, ...sent.headers } })
const change = { reason: 'tenant.switch', set: { 'context.tenant': 'acme' } }

const rows: readonly Row[] = [
  ['the first page', 200, ask('GET', '/', { headers: page })],
  ['a page that is not there', 404, ask('GET', '/nothing', { headers: page })],
  ['the start of a sign-in', 302, ask('GET', '/login')],
  ['a way back that is none', 400, ask('GET', '/login?return_to=//evil.example', { headers: page })],
  ['the development sign-in', 200, ask('GET', `/development/sign-in?state=${'A'.repeat(43)}`, { headers: page })],
  ['an answer nobody asked for', 400, ask('GET', '/callback?state=a&code=b', { headers: page })],
  ['the page that asks to sign out', 200, ask('GET', '/logout', { headers: page })],
  ['a sign-out from elsewhere', 403, ask('POST', '/logout', { headers: { ...page, Origin: 'https://evil.example' } })],
  ['a method that the sign-in has not', 405, ask('DELETE', '/login', { headers: page })],
  ['a logout token that is none', 400, ask('POST', '/backchannel-logout', { body: 'x', headers: { 'Content-Type': 'text/plain' } })],
  ['a session', 200, asPortal('GET', '/v1/session')],
  ['nothing new', 304, ({ call, token, etag }) => call('GET', '/v1/session', { as: 'portal', token, headers: { 'If-None-Match': etag } })],
  ['no contract revision', 400, asPortal('GET', '/v1/session', { headers: { 'Contract-Revision': '' } })],
  ['no token', 401, ask('GET', '/v1/session', { as: 'portal' })],
  ['no key', 401, ask('GET', '/v1/session')],
  ['what is not granted', 403, asPortal('GET', '/v1/audit')],
  ['no such session', 404, ask('GET', `/v1/sessions/${'A'.repeat(43)}`, { as: 'admin' })],
  ['no such address', 404, ask('GET', '/v1/nothing')],
  ['no such method', 405, ask('PUT', '/v1/session')],
  ['a version that is gone', 412, asPortal('PATCH', '/v1/session', { body: change, headers: { 'If-Match': '"9-AAAAAAAA.AAAAAAAA"' } })],
  ['too large a body', 413, asPortal('PATCH', '/v1/session', { body: 'x'.repeat(20_000) })],
  ['another media type', 415, asPortal('PATCH', '/v1/session', { body: change, headers: { 'Content-Type': 'text/plain' } })],
  ['a value of the wrong type', 422, asPortal('PATCH', '/v1/session', { body: { ...change, set: { 'context.tenant': 7 } } })],
  ['no version', 428, ({ call, token }) => call('PATCH', '/v1/session', { as: 'portal', token, body: change })],
  ['too many wrong keys', 429, tooManyWrongKeys],
  ['a write', 200, asPortal('PATCH', '/v1/session', { body: change })],
  ['a batch of reads', 200, ({ call, token }) => call('POST', '/v1/reads', { as: 'portal', body: { reads: [{ token }] } })],
  ['an exchange', 200, asPortal('POST', '/v1/session/token', { body: {} })],
  [
    'the check of a proxy',
    200,
    ({ call, token }) => call('GET', '/v1/forward-auth', { as: 'portal', headers: { Cookie: `__Host-session=${token}` } }),
  ],
  ['the check of a proxy without a session', 401, ask('GET', '/v1/forward-auth', { as: 'portal' })],
  ['keys', 200, ask('GET', '/.well-known/jwks.json')],
  ['metrics', 200, ask('GET', '/metrics', { as: 'admin' })],
  ['health', 200, ask('GET', '/healthz')],
]

describe('an answer of the gateway', () => {
  it.each(rows)('has its headers, and may not be stored: %s, %i', async (_what, status, send) => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn()
    const etag = (await gateway.read(token)).headers.get('etag') ?? ''
    const answer = await send({ ...gateway, token, etag })
    expect(answer.status).toBe(status)
    expectGuarded(answer.headers)
  })

  it.each<[what: string, status: number, failure: Error]>([
    ['the store is away', 503, new SessionError('store_unavailable')],
    ['nobody expected that', 500, new Error('a secret of the database')],
  ])('has its headers, and may not be stored: %s, %i', async (_what, status, failure) => {
    const inner = memoryStore()
    const store: SessionStore = { ...inner, read: () => Promise.reject(failure), health: () => Promise.reject(failure) }
    const { call, signIn } = await openTestGateway({ store: { ...store, health: inner.health } })
    const token = await signIn()
    const { status: found, headers, body } = await call('GET', '/v1/session', { as: 'portal', token })
    expect(found).toBe(status)
    expectGuarded(headers)
    expect(headers.get('set-cookie')).toBeNull()
    expect(JSON.stringify(body)).not.toContain('database')
  })

  it('does not support TRACE', async () => {
    const { gateway } = await openTestGateway()
    const served = await serveGateway(gateway, { port: 0, hostname: '127.0.0.1' })
    const socket = connect(served.port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.write('TRACE /v1/session HTTP/1.1\r\nHost: a\r\nX-Echo: me\r\nConnection: close\r\n\r\n')
    await once(socket, 'close')
    await served.close()
    expect(text).toMatch(/^HTTP\/1\.1 (400|405) /)
    expect(text).not.toContain('X-Echo')
  })
})

function expectGuarded(headers: Headers): void {
  expect(headers.get('cache-control')).toMatch(/(^|, )no-store$/)
  expect(headers.get('vary')).toBe('Cookie, Authorization, Session-Token')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  const policy = headers.get('content-security-policy') ?? ''
  for (const directive of [/default-src 'none'/, /frame-ancestors 'none'/, /base-uri 'none'/, /form-action [^;]+/])
    expect(policy).toMatch(directive)
  expect(policy).not.toMatch(/unsafe|script-src|\*/)
  for (const name of ['server', 'x-powered-by', 'access-control-allow-origin']) expect(headers.has(name)).toBe(false)
}

async function tooManyWrongKeys({ call }: Asking): Promise<Received> {
  const headers = { Authorization: `Bearer ss_portal_${'A'.repeat(43)}` }
  for (let times = 0; times < 20; times += 1) await call('GET', '/v1/application', { headers })
  return call('GET', '/v1/application', { headers })
}
