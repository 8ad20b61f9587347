import { describe, expect, it } from 'vitest'
import { acmeGateway, portalOf } from './fixtures/acme.ts'
import { type Moment, moments } from './moments.ts'
import { sessionIdOf } from './sign-in.ts'

async function at(moment: Moment) {
  const gateway = await acmeGateway()
  const session = await moment(gateway, { subject: 'bob' })
  const { result, headers } = await portalOf(gateway).resolve(await gateway.request('portal', { session }))
  return { gateway, session, result, setCookie: headers.setCookie }
}

describe('moments', () => {
  it('freshlySignedIn is read with the token that it has', async () => {
    const { result, setCookie } = await at(moments.freshlySignedIn)
    expect(result).toMatchObject({ status: 'active', session: { identity: { subject: 'bob' } } })
    expect(setCookie).toBeNull()
  })

  it('tokenHalfway is exchanged, and a millisecond before it is not', async () => {
    const { result, setCookie } = await at(moments.tokenHalfway)
    expect(result.status).toBe('active')
    expect(setCookie).toMatch(/^__Host-session=/)
    const before = await at(async (gateway, person) => {
      const session = await gateway.signIn(person)
      gateway.clock.advance(gateway.contract.lifetime.tokenMs / 2 - 1)
      return session
    })
    expect(before.setCookie).toBeNull()
  })

  it('tokenExpired is signed in by cookie and not by bearer', async () => {
    const { gateway, session, result, setCookie } = await at(moments.tokenExpired)
    expect([result.status, setCookie === null]).toEqual(['active', false])
    const bearer = await portalOf(gateway).resolve(await gateway.request('portal', { session, as: 'bearer' }))
    expect(bearer.result.status).toBe('anonymous')
  })

  it('idleAlmostOver is alive and idleOver is not', async () => {
    expect((await at(moments.idleAlmostOver)).result.status).toBe('active')
    expect((await at(moments.idleOver)).result).toEqual({ status: 'ended', reason: 'expired' })
  })

  it('absoluteOver was used to the end and is over all the same', async () => {
    const { gateway, session, result } = await at(moments.absoluteOver)
    expect(result).toEqual({ status: 'ended', reason: 'expired' })
    expect(gateway.clock.monotonicMs()).toBe(gateway.contract.lifetime.absoluteMs)
    expect(sessionIdOf(session.token)).toBe(session.id)
    // Exchanged every 30 minutes but a second.
    expect(gateway.calls.filter(({ path }) => path === '/v1/session/token').length).toBeGreaterThanOrEqual(4)
  })
})
