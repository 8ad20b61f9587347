import { describe, expect, it } from 'vitest'
import { openTestGateway, type TestGateway } from '../fixtures/test-gateway.ts'

const publish = ({ call }: TestGateway, token: string, tenant: string, headers = {}) =>
  call('PUT', '/v1/session/signals/tenantChanged', { as: 'portal', token, body: { value: { tenant } }, headers })

describe('PUT /v1/session/signals/{name}', () => {
  it('needs no precondition, raises the version by one and answers like any write', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn()
    const { status, body, headers } = await publish(gateway, token, 'acme')
    expect(status).toBe(200)
    expect(body.document).toMatchObject({ version: 2, signals: { tenantChanged: { value: { tenant: 'acme' }, remainingMs: 30_000 } } })
    expect(body.receipt.committedAt).toBe(new Date(gateway.now()).toISOString())
    expect(headers.get('etag')).toMatch(/^"2-/)
  })

  it('lets the last publisher win', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn()
    await publish(gateway, token, 'one')
    await publish(gateway, token, 'two')
    expect((await gateway.read(token)).body.document).toMatchObject({
      version: 3,
      signals: { tenantChanged: { value: { tenant: 'two' } } },
    })
  })

  it('counts down for its readers and is hidden once it has run out, without a new version', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn()
    await publish(gateway, token, 'acme')
    gateway.advance(29_999)
    expect((await gateway.read(token)).body.document.signals.tenantChanged.remainingMs).toBe(1)
    gateway.advance(1)
    expect((await gateway.read(token)).body.document).toMatchObject({ version: 2, signals: {} })
  })

  it('is not in the projection of an application that is not granted it', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn()
    await publish(gateway, token, 'acme')
    const { document } = (await gateway.read(token, 'billing')).body
    expect(document).toMatchObject({ version: 2 })
    expect(document).not.toHaveProperty('signals')
  })

  it('is applied once when it is repeated with its idempotency key', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn()
    const key = { 'Idempotency-Key': 'signal-1' }
    await publish(gateway, token, 'acme', key)
    const again = await publish(gateway, token, 'acme', key)
    expect([again.status, again.body.document.version]).toEqual([200, 2])
    expect((await publish(gateway, token, 'other', key)).body.code).toBe('idempotency_key_reused')
  })

  it('is audited under its own reason', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn()
    await publish(gateway, token, 'acme')
    expect((await gateway.audit()).at(-1)).toMatchObject({
      operation: 'signal',
      reason: 'signal.tenantChanged',
      paths: ['signals.tenantChanged'],
      toVersion: 2,
    })
  })
})
