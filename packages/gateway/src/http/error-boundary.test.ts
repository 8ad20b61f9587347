import { SessionError } from '@single-state/core/protocol'
import { describe, expect, it } from 'vitest'
import { openTestGateway } from '../fixtures/test-gateway.ts'

describe('an error that nobody expected', () => {
  it('is answered as one opaque 500, and logged whole', async () => {
    const { store, signIn } = await openTestGateway()
    const token = await signIn()
    const broken = { ...store, read: () => Promise.reject(new RangeError('the secret of the store')) }
    const gateway = await openTestGateway({ store: broken })
    const { status, body, headers } = await gateway.read(token)
    expect(status).toBe(500)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(body).toEqual({
      type: 'urn:single-state:error:internal_error',
      title: 'The gateway met an error that it did not expect',
      status: 500,
      code: 'internal_error',
    })
    expect(gateway.logged().find(({ msg }) => msg === 'an error that nobody expected')).toMatchObject({
      err: { type: 'RangeError', message: 'the secret of the store' },
    })
  })

  it('says nothing of what a store said when it is away', async () => {
    const { store, signIn } = await openTestGateway()
    const token = await signIn()
    const away = {
      ...store,
      read: () => Promise.reject(new SessionError('store_unavailable', 'redis://user:password@host', { retryAfterMs: 2_500 })),
    }
    const { status, body, headers } = await (await openTestGateway({ store: away })).read(token)
    expect([status, headers.get('retry-after')]).toEqual([503, '3'])
    expect(JSON.stringify(body)).not.toContain('password')
  })
})
