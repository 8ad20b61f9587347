import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSessionClient } from '@single-state/core'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { acme, acmeGateway } from './fixtures/acme.ts'
import { handlers } from './msw.ts'

const server = setupServer()
beforeAll(() => server.listen({ onUnhandledFrame: 'bypass' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

/** A client as an application makes it: address and key, and the platform's `fetch`. */
async function served() {
  const gateway = await acmeGateway()
  server.use(...handlers(gateway))
  const client = createSessionClient(acme, {
    application: 'portal',
    gateway: gateway.origin,
    key: gateway.keys.portal,
    clock: gateway.clock,
    log: () => undefined,
  })
  return { gateway, client }
}

describe('handlers', () => {
  it('answers a client on the platform fetch from the gateway', async () => {
    const { gateway, client } = await served()
    const session = await gateway.signIn({ entitlements: { roles: ['admin'] } })
    const { result } = await client.resolve(await gateway.request('portal', { session }))
    expect(result).toMatchObject({ status: 'active', session: { id: session.id, entitlements: { roles: ['admin'] } } })
    expect(gateway.calls.map(({ path }) => path)).toContain('/v1/session')
  })

  it('carries writes, their preconditions and their conflicts', async () => {
    const { gateway, client } = await served()
    const session = await gateway.signIn()
    const open = client.open(await gateway.request('portal', { session }))
    expect(await open.update('tenant.switch', { 'context.tenant': 'globex' })).toMatchObject({ version: 2 })
    gateway.conflictNext()
    await expect(open.update('tenant.switch', { 'context.tenant': 'acme' })).rejects.toMatchObject({ currentVersion: 3 })
  })

  it('lets an outage through as a failed connection', async () => {
    const { gateway, client } = await served()
    const request = await gateway.request('portal')
    gateway.outage()
    await expect(fetch(`${gateway.origin}/healthz`)).rejects.toThrow(TypeError)
    expect((await client.resolve(request)).result).toMatchObject({ status: 'unavailable', code: 'store_unavailable' })
  })

  it('leaves other addresses alone', async () => {
    const { gateway } = await served()
    const other = createServer((_, response) => response.end('another server')).listen(0)
    await once(other, 'listening')
    const answer = await fetch(`http://localhost:${(other.address() as AddressInfo).port}/v1/session`)
    other.close()
    expect(await answer.text()).toBe('another server')
    expect(gateway.calls).toEqual([])
  })
})
