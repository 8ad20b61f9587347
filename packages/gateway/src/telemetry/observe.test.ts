import { describe, expect, it } from 'vitest'
import { keyOf, openTestGateway } from '../fixtures/test-gateway.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

describe('the log', () => {
  it('has one line for each request, which names its route and never its address', async () => {
    const { call, logged } = await openTestGateway()
    await call('GET', `/v1/sessions/${'A'.repeat(43)}`, { as: 'admin', headers: { traceparent } })
    expect(logged()).toEqual([
      expect.objectContaining({
        msg: 'request',
        method: 'GET',
        route: '/v1/sessions/:id',
        status: 404,
        code: 'not_found',
        application: 'admin',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        durationMs: expect.any(Number),
      }),
    ])
  })

  it('has one name for all addresses where nothing is', async () => {
    const { call, logged } = await openTestGateway()
    await call('GET', '/wp-admin.php')
    await call('GET', '/v1/session/nothing/here')
    expect(logged().map(({ route }) => route)).toEqual(['(none)', '(none)'])
  })

  it('has one name for all methods that somebody made up, and so have the metrics', async () => {
    const { call, logged } = await openTestGateway()
    await call('MADE-UP', '/v1/session')
    expect(logged()).toMatchObject([{ method: '_OTHER', route: '/v1/session', status: 405 }])
    expect((await call('GET', '/metrics', { as: 'admin' })).body).not.toContain('MADE-UP')
  })

  it('says which application a wrong key names, so that somebody finds it', async () => {
    const { call, logged } = await openTestGateway()
    await call('GET', '/v1/application', { headers: { Authorization: `Bearer ss_portal_${'A'.repeat(43)}` } })
    expect(logged()[0]).toMatchObject({ level: 40, application: 'portal', msg: expect.stringContaining('key was refused') })
    await call('GET', '/v1/application', { headers: { Authorization: `Bearer ss_nobody_${'A'.repeat(43)}` } })
    expect(logged().filter(({ level }) => level === 40)).toHaveLength(1)
  })

  it('holds no token, no key and no session id, whatever was done', async () => {
    const gateway = await openTestGateway({ log: { level: 'debug' } })
    const token = await gateway.signIn()
    const { body, headers } = await gateway.read(token)
    await gateway.update(token, headers.get('etag'))
    const successor = (await gateway.exchange(token)).body.token
    await gateway.read(`${token.slice(0, -4)}AAAA`)
    await gateway.call('GET', `/v1/sessions/${body.document.id}`, { as: 'admin', token: successor })
    await gateway.call('GET', `/v1/audit?session=${body.document.id}`, { as: 'admin' })
    await gateway.call('DELETE', '/v1/session', { as: 'portal', token: successor, body: { reason: 'sign_out' } })
    const text = gateway.logText()
    for (const secret of [token, successor, body.document.id, keyOf('portal'), keyOf('admin'), token.split('.')[2]]) {
      expect(text).not.toContain(secret)
    }
    expect(gateway.logged().length).toBeGreaterThan(6)
  })
})

describe('the metrics', () => {
  it('count requests by route, reads by result, commits, conflicts and ends, for an operator', async () => {
    const gateway = await openTestGateway()
    const { call, signIn, read, update } = gateway
    const token = await signIn()
    const etag = (await read(token)).headers.get('etag') ?? ''
    await read(token, 'portal', { 'If-None-Match': etag })
    await read('nonsense')
    await update(token, etag)
    await update(token, etag)
    await call('DELETE', '/v1/session', { as: 'portal', token, body: { reason: 'sign_out' } })
    const { status, body } = await call('GET', '/metrics', { as: 'admin' })
    expect(status).toBe(200)
    for (const line of [
      'single_state_requests_total{route="/v1/session",method="PATCH",status="412"} 1',
      'single_state_reads_total{result="document"} 1',
      'single_state_reads_total{result="unchanged"} 1',
      'single_state_reads_total{result="token_invalid"} 1',
      'single_state_commits_total{kind="update"} 1',
      'single_state_conflicts_total 1',
      'single_state_ends_total{why="revoked"} 1',
    ]) {
      expect(body).toContain(line)
    }
  })

  it('are those of one gateway, not of the process', async () => {
    const [one, other] = [await openTestGateway(), await openTestGateway()]
    await one.call('GET', '/healthz')
    expect((await other.call('GET', '/metrics', { as: 'admin' })).body).not.toContain('/healthz')
  })
})
