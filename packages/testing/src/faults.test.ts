import { describe, expect, it } from 'vitest'
import { acmeGateway, portalOf } from './fixtures/acme.ts'

async function signedIn() {
  const gateway = await acmeGateway()
  const session = await gateway.signIn()
  const portal = portalOf(gateway)
  const open = async () => portal.open(await gateway.request('portal', { session }))
  const status = async () => (await (await open()).resolve()).status
  await status()
  return { gateway, session, open, status }
}

describe('outage', () => {
  it('takes the gateway away from applications until it is restored', async () => {
    const { gateway, status } = await signedIn()
    const restore = gateway.outage()
    expect(await status()).toBe('unavailable')
    restore()
    expect(await status()).toBe('active')
  })

  it('ends by itself after the time it is given', async () => {
    const { gateway, status } = await signedIn()
    gateway.outage({ for: '5s' })
    gateway.clock.advance(4_999)
    expect(await status()).toBe('unavailable')
    gateway.clock.advance(1)
    expect(await status()).toBe('active')
  })

  it('is over at once when restored, however long applications had asked in vain', async () => {
    const { gateway, status } = await signedIn()
    const restore = gateway.outage()
    for (let ask = 0; ask < 8; ask += 1) expect(await status()).toBe('unavailable')
    restore()
    expect(await status()).toBe('active')
  })

  it('lets the test itself sign people in', async () => {
    const { gateway } = await signedIn()
    gateway.outage()
    expect((await gateway.signIn()).id).toHaveLength(43)
  })

  it('leaves no trace of a write in the gateway', async () => {
    const { gateway, session, open } = await signedIn()
    const request = await open()
    await request.get()
    gateway.outage()
    await expect(request.update('tenant.switch', { 'context.tenant': 'globex' })).rejects.toMatchObject({ name: 'SessionError' })
    expect((await gateway.inspect(session)).version).toBe(1)
  })
})

describe('latency', () => {
  it('makes a snapshot as old as the answer took, and nobody waits', async () => {
    const { gateway, open } = await signedIn()
    const startedAtMs = gateway.clock.monotonicMs()
    gateway.latency(300)
    expect(await (await open()).resolve()).toMatchObject({ status: 'active', ageMs: 300 })
    expect(gateway.clock.monotonicMs() - startedAtMs).toBe(300)
  })

  it('lets calls that are out together take that long together', async () => {
    const { gateway, status } = await signedIn()
    const portal = portalOf(gateway)
    const requests = await Promise.all([gateway.request('portal'), gateway.request('portal')])
    // Tokens are verified in WebCrypto's threads, which would make some leave later.
    await Promise.all([status(), ...requests.map((request) => portal.resolve(request))])
    gateway.latency(300)
    const startedAtMs = gateway.clock.monotonicMs()
    const results = await Promise.all([status(), ...requests.map((request) => portal.resolve(request))])
    expect(results).toHaveLength(3)
    expect(gateway.clock.monotonicMs() - startedAtMs).toBe(300)
  })

  it('fails a read that allows itself less, after as long as it allows itself', async () => {
    const { gateway, status } = await signedIn()
    const startedAtMs = gateway.clock.monotonicMs()
    const end = gateway.latency('5s')
    expect(await status()).toBe('unavailable')
    expect(gateway.clock.monotonicMs() - startedAtMs).toBe(500)
    end()
    expect(await status()).toBe('active')
  })

  it('lets the gateway do what was asked although the answer comes too late', async () => {
    const { gateway, session, open } = await signedIn()
    const request = await open()
    await request.get()
    gateway.latency('5s')
    await expect(request.update('tenant.switch', { 'context.tenant': 'globex' })).rejects.toMatchObject({ code: 'outcome_unknown' })
    expect(await gateway.inspect(session)).toMatchObject({ version: 2, context: { tenant: 'globex' } })
  })

  it('waits in real time only when asked to', async () => {
    const { gateway, status } = await signedIn()
    const startedAtMs = gateway.clock.monotonicMs()
    gateway.latency(5, { real: true })
    expect(await status()).toBe('active')
    expect(gateway.clock.monotonicMs()).toBe(startedAtMs)
  })
})

describe('conflictNext', () => {
  it('lets somebody else win: the caller is told the version that is now', async () => {
    const { gateway, session, open } = await signedIn()
    gateway.conflictNext({ context: { tenant: 'initech' } })
    const write = (await open()).update('tenant.switch', { 'context.tenant': 'globex' })
    await expect(write).rejects.toMatchObject({ name: 'SessionConflictError', currentVersion: 2 })
    expect(await gateway.inspect(session)).toMatchObject({ version: 2, context: { tenant: 'initech' } })
  })

  it('makes a function decide again, from what the other one has left', async () => {
    const { gateway, open } = await signedIn()
    gateway.conflictNext({ context: { tenant: 'initech' } })
    const seen: (string | null)[] = []
    const session = await (await open()).update('tenant.switch', ({ context }) => {
      seen.push(context.tenant)
      return { 'context.tenant': `${context.tenant}-2` }
    })
    expect(seen).toEqual(['acme', 'initech'])
    expect(session).toMatchObject({ version: 3, context: { tenant: 'initech-2' } })
  })

  it('meets one write only', async () => {
    const { gateway, open } = await signedIn()
    gateway.conflictNext()
    const request = await open()
    await expect(request.update('tenant.switch', { 'context.tenant': 'globex' })).rejects.toMatchObject({ code: 'version_conflict' })
    expect(await request.update('tenant.switch', { 'context.tenant': 'globex' })).toMatchObject({ version: 3 })
  })
})

describe('loseAnswerNext', () => {
  it('loses an answer after the commit: the repeat applies nothing twice', async () => {
    const { gateway, session, open } = await signedIn()
    gateway.loseAnswerNext()
    expect(await (await open()).update('tenant.switch', { 'context.tenant': 'globex' })).toMatchObject({ version: 2 })
    expect((await gateway.inspect(session)).version).toBe(2)
    expect(gateway.calls.filter(({ method }) => method === 'PATCH')).toHaveLength(2)
  })

  it('loses so many that the outcome stays unknown', async () => {
    const { gateway, session, open } = await signedIn()
    gateway.loseAnswerNext(3)
    await expect((await open()).update('tenant.switch', { 'context.tenant': 'globex' })).rejects.toMatchObject({ code: 'outcome_unknown' })
    expect((await gateway.inspect(session)).version).toBe(2)
  })

  it('does not touch reads', async () => {
    const { gateway, status } = await signedIn()
    gateway.loseAnswerNext()
    expect(await status()).toBe('active')
  })
})
