import { defineContract } from '@single-state/core'
import { createTestGateway } from '@single-state/testing'
import { NextRequest } from 'next/server.js'
import { describe, expect, it } from 'vitest'
import { createSession } from './index.ts'

const contract = defineContract({ name: 'acme', applications: { portal: { reads: ['identity'] } } })
const request = () => new NextRequest('http://localhost:4410/orders?id=1', { headers: { cookie: '__Host-session=a.b.c' } })

describe('the Next.js session', () => {
  it('is made without address and key, as in a build, and says what is missing once it is used', async () => {
    const session = createSession(contract, { application: 'portal', gateway: 'http://localhost:4400', key: 'secret' })
    await expect(session.proxy(request())).rejects.toThrow(/^key: /)
    await expect(session.proxy(request())).rejects.toBeInstanceOf(TypeError)
  })

  it('refuses a requirement that asks nothing where it is written, not when somebody comes', () => {
    const session = createSession(contract, { application: 'portal' })
    const mistyped = { were: () => false } as object
    expect(() => session.route(mistyped, () => new Response())).toThrow(/require.*were/)
  })

  it('tells the page its address behind the proxy, whatever the request says it is', async () => {
    const gateway = await createTestGateway(contract)
    const { proxy } = createSession(contract, gateway.optionsFor('portal'))
    const forged = new NextRequest(request(), { headers: { 'single-state-address': '/elsewhere' } })
    const { headers } = await proxy(forged)
    expect(headers.get('x-middleware-request-single-state-address')).toBe('/orders?id=1')
    await gateway.close()
  })

  it('says so when it is called outside a request', async () => {
    const gateway = await createTestGateway(contract)
    const session = createSession(contract, gateway.optionsFor('portal'))
    await expect(session.get()).rejects.toThrow('outside a request scope')
    await gateway.close()
  })
})
