import { createSessionClient, isSessionError } from '@single-state/core'
import { afterEach, describe, expect, it } from 'vitest'
import { createTestGateway, type TestGateway } from '../../testing/src/test-gateway.ts'
import { acme } from '../src/fixtures/acme.ts'

// The client over the real gateway, in one process: nothing of ours is played.

const person = { entitlements: { plan: 'pro' as const, roles: ['admin'] }, context: { tenant: 'acme' } }
const open: TestGateway<typeof acme>[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((gateway) => gateway.close()))
})

async function start() {
  const gateway = await createTestGateway(acme, { person })
  open.push(gateway)
  const portal = createSessionClient(acme, gateway.optionsFor('portal'))
  const billing = createSessionClient(acme, gateway.optionsFor('billing'))
  const session = await gateway.signIn()
  const atPortal = async (method = 'GET') => portal.open(await gateway.request('portal', { session, method }))
  const atBilling = async () => billing.open(await gateway.request('billing', { session }))
  return { gateway, portal, billing, session, atPortal, atBilling }
}

async function rejection(promise: Promise<unknown>) {
  const error = await promise.then(() => null).catch((caught: unknown) => caught)
  if (!isSessionError(error)) throw error
  return error
}

describe('two applications', () => {
  it('see one session, each what it is granted', async () => {
    const { atPortal, atBilling } = await start()
    const [seen, narrow] = [await (await atPortal()).get(), await (await atBilling()).get()]
    expect(seen).toMatchObject({
      version: 1,
      identity: { subject: 'ada' },
      entitlements: { plan: 'pro' },
      context: { tenant: 'acme' },
      signals: {},
    })
    expect(narrow).toEqual({ ...narrow, version: 1, identity: { subject: 'ada' }, context: { tenant: 'acme' } })
    expect(narrow).not.toHaveProperty('entitlements')
  })

  it('rule 5: a write of one is in the next read of the other, one version on', async () => {
    const { atPortal, atBilling } = await start()
    await (await atBilling()).get()
    await (await atPortal('POST')).update('tenant.switch', { 'context.tenant': 'other' })
    expect(await (await atBilling()).get()).toMatchObject({ version: 2, context: { tenant: 'other' } })
  })

  it('pass a signal on, which is gone when its time is up', async () => {
    const { gateway, atPortal } = await start()
    await (await atPortal('POST')).publish('tenantChanged', { tenant: 'other' })
    expect((await (await atPortal()).get())?.signals).toEqual({ tenantChanged: { tenant: 'other' } })
    gateway.clock.advance('30s')
    expect((await (await atPortal()).get())?.signals).toEqual({})
  })

  it('are both told when the session has been ended', async () => {
    const { gateway, session, atPortal, atBilling } = await start()
    await (await atPortal()).get()
    await gateway.revokeNow(session)
    expect(await (await atPortal()).resolve()).toEqual({ status: 'ended', reason: 'revoked' })
    expect(await (await atBilling()).resolve()).toEqual({ status: 'ended', reason: 'revoked' })
  })

  it('are both told after a sign-out at one of them', async () => {
    const { atPortal, atBilling } = await start()
    await (await atPortal('POST')).signOut()
    expect(await (await atBilling()).resolve()).toEqual({ status: 'ended', reason: 'revoked' })
  })

  it("reach an operator's list and end", async () => {
    const { gateway, session, atPortal } = await start()
    const admin = createSessionClient(acme, gateway.optionsFor('admin'))
    const actor = admin.open(await gateway.request('admin', { subject: 'root', method: 'POST' }))
    const listed = await admin.operations.list(session, actor)
    expect(listed.map(({ id }) => id)).toEqual([session.id])
    expect(await admin.operations.endSubject(session, 'incident', actor)).toMatchObject({ ended: 1 })
    expect((await (await atPortal()).resolve()).status).toBe('ended')
  })
})

describe('a write', () => {
  it('decides again after somebody else was faster, and is applied once', async () => {
    const { gateway, session, atPortal } = await start()
    gateway.conflictNext({ context: { tenant: 'theirs' } })
    const seen: unknown[] = []
    const updated = await (await atPortal('POST')).update('tenant.switch', ({ context }) => {
      seen.push(context.tenant)
      return { 'context.tenant': `${context.tenant}+ours` }
    })
    expect(updated).toMatchObject({ version: 3, context: { tenant: 'theirs+ours' } })
    expect(seen).toEqual(['acme', 'theirs'])
    expect(await gateway.inspect(session)).toMatchObject({ version: 3 })
  })

  it('is applied once although its answer is lost', async () => {
    const { gateway, session, atPortal } = await start()
    gateway.loseAnswerNext()
    const updated = await (await atPortal('POST')).update('tenant.switch', { 'context.tenant': 'other' })
    expect(updated).toMatchObject({ version: 2 })
    expect(await gateway.inspect(session)).toMatchObject({ version: 2 })
    expect((await gateway.audit()).filter(({ operation }) => operation === 'update')).toHaveLength(1)
  })

  it('is of unknown outcome when the repeats are lost too, and was applied once at most', async () => {
    const { gateway, session, atPortal } = await start()
    gateway.loseAnswerNext(3)
    const update = (await atPortal('POST')).update('tenant.switch', { 'context.tenant': 'other' })
    expect(await rejection(update)).toMatchObject({ code: 'outcome_unknown', status: 503 })
    expect(await gateway.inspect(session)).toMatchObject({ version: 2 })
  })

  it('goes through although the token ran out before the request came', async () => {
    const { gateway, session, atPortal } = await start()
    gateway.clock.advance('6m')
    const request = await atPortal('POST')
    expect(await request.update('tenant.switch', { 'context.tenant': 'other' })).toMatchObject({ version: 2 })
    expect(request.headersFor()?.setCookie).toContain('__Host-session=')
    expect(await gateway.inspect(session)).toMatchObject({ version: 2 })
  })

  it('goes through although the token runs out while the handler works', async () => {
    const { gateway, atPortal } = await start()
    const updated = await (await atPortal('POST')).update('tenant.switch', () => {
      gateway.clock.advance('6m')
      return { 'context.tenant': 'other' }
    })
    expect(updated).toMatchObject({ version: 2 })
  })

  it('ends the session at a sign-out whose token runs out meanwhile', async () => {
    const { gateway, session, atPortal } = await start()
    const leaver = await atPortal('POST')
    await leaver.get()
    gateway.clock.advance('6m')
    await leaver.signOut()
    expect((await gateway.inspect(session)).ended).not.toBeNull()
  })

  it('is refused by the gateway where the contract does not grant it', async () => {
    const { gateway, session } = await start()
    const billing = createSessionClient(acme, gateway.optionsFor('billing'))
    const request = billing.open(await gateway.request('billing', { session, method: 'POST' }))
    const ungranted = request.update as unknown as (reason: string, changes: object) => Promise<unknown>
    expect(await rejection(ungranted('tenant.switch', { 'context.tenant': 'x' }))).toMatchObject({ code: 'write_denied', status: 403 })
    expect(await gateway.inspect(session)).toMatchObject({ version: 1 })
  })
})

describe('an outage', () => {
  it('denies without signing anybody out, and is over with the first read after it', async () => {
    const { gateway, atPortal, atBilling } = await start()
    await (await atPortal()).get()
    const restore = gateway.outage()
    for (const request of [await atPortal(), await atBilling()]) {
      expect((await request.resolve()).status).toBe('unavailable')
      expect(request.headersFor()?.setCookie ?? null).toBeNull()
    }
    restore()
    expect((await (await atPortal()).resolve()).status).toBe('active')
    expect((await (await atBilling()).resolve()).status).toBe('active')
  })

  it('that outlives the token leaves everybody signed in', async () => {
    const { gateway, atPortal } = await start()
    await (await atPortal()).get()
    const restore = gateway.outage()
    gateway.clock.advance('10m')
    expect((await (await atPortal()).resolve()).status).toBe('unavailable')
    restore()
    expect((await (await atPortal()).resolve()).status).toBe('active')
  })

  it('is bridged for 10 s where the route allows it, and writes are refused', async () => {
    const { gateway, atPortal } = await start()
    await (await atPortal()).get()
    gateway.outage()
    gateway.clock.advance('9s')
    const request = await atPortal('POST')
    expect(await request.resolve({ outageGrace: '10s' })).toMatchObject({ status: 'active', source: 'outage-grace', ageMs: 9_000 })
    expect(await rejection(request.update('tenant.switch', { 'context.tenant': 'x' }))).toMatchObject({ status: 503 })
    gateway.clock.advance('2s')
    expect((await (await atPortal()).resolve({ outageGrace: '10s' })).status).toBe('unavailable')
  })
})

describe('a token', () => {
  const setCookie = (request: { headersFor(): { setCookie: string | null } | null }) =>
    request.headersFor()?.setCookie?.split(';', 1)[0] as string

  const generationOf = (cookie: string) => JSON.parse(Buffer.from(cookie.split('.')[1] ?? '', 'base64url').toString()).gen

  it('is followed by its successor for as long as a person comes back, up to the end of the session', async () => {
    const { gateway, portal, session } = await start()
    let cookie = session.cookie
    let exchanges = 0
    for (let visit = 0; visit < 40; visit += 1) {
      gateway.clock.advance('2m')
      const request = portal.open(new Request(gateway.origins.portal, { headers: { cookie } }))
      expect(await request.resolve()).toMatchObject({ status: 'active' })
      const next = setCookie(request)
      if (next === undefined) continue
      cookie = next
      exchanges += 1
    }
    expect(exchanges).toBe(20)
    expect(generationOf(cookie)).toBe(21)
  })

  it('of fifty requests at once is exchanged into one generation', async () => {
    const { gateway, atPortal } = await start()
    gateway.clock.advance('3m')
    const requests = await Promise.all(Array.from({ length: 50 }, () => atPortal()))
    const statuses = await Promise.all(requests.map(async (request) => (await request.resolve()).status))
    expect(new Set(statuses)).toEqual(new Set(['active']))
    expect(requests.map((request) => generationOf(setCookie(request)))).toEqual(requests.map(() => 2))
  })

  it('that was replaced long ago ends the session, for everybody who has it', async () => {
    const { gateway, portal, atPortal, session } = await start()
    gateway.clock.advance('3m')
    const owner = await atPortal()
    await owner.resolve()
    const cookie = setCookie(owner) as string
    const next = () => portal.open(new Request(gateway.origins.portal, { headers: { cookie } }))
    expect((await next().resolve()).status).toBe('active')
    gateway.clock.advance('10s')
    expect(await (await atPortal()).resolve()).toEqual({ status: 'ended', reason: 'reused' })
    expect(await next().resolve()).toEqual({ status: 'ended', reason: 'reused' })
    expect((await gateway.inspect(session)).ended).toBe('reused')
  })

  it('of another gateway is nobody', async () => {
    const { gateway, portal } = await start()
    const stranger = await createTestGateway(acme, { person })
    open.push(stranger)
    const { cookie } = await stranger.signIn()
    expect((await portal.resolve(new Request(gateway.origins.portal, { headers: { cookie } }))).result).toEqual({ status: 'anonymous' })
  })

  it('as a bearer reads, and is nobody once it has expired', async () => {
    const { gateway, portal, session } = await start()
    const ask = async () => portal.resolve(await gateway.request('portal', { session, as: 'bearer' }))
    expect((await ask()).result.status).toBe('active')
    gateway.clock.advance('6m')
    expect((await ask()).result).toEqual({ status: 'anonymous' })
    expect(gateway.calls.filter(({ path }) => path === '/v1/session/token')).toEqual([])
  })
})

describe('many at once', () => {
  it('are read in few requests of at most 128, each its own session', async () => {
    const { gateway, portal } = await start()
    const sessions = await Promise.all(Array.from({ length: 200 }, (_, at) => gateway.signIn({ subject: `person-${at}` })))
    const requests = await Promise.all(sessions.map((session) => gateway.request('portal', { session })))
    const before = gateway.calls.length
    const results = await Promise.all(requests.map(async (request) => (await portal.resolve(request)).result))
    expect(results.map((result) => (result.status === 'active' ? result.session.identity.subject : result))).toEqual(
      sessions.map(({ subject }) => subject),
    )
    const paths = gateway.calls.slice(before).map(({ path }) => path)
    expect(paths).toContain('/v1/reads')
    expect(paths.length).toBeLessThan(100)
  })

  it('have each the outcome that a read of its own has', async () => {
    const { gateway } = await start()
    const states = Array.from({ length: 12 }, (_, at) => ['alive', 'ended', 'changed', 'forged'][at % 4] as string)
    const sessions = await Promise.all(states.map((_, at) => gateway.signIn({ subject: `person-${at}` })))
    for (const [at, state] of states.entries()) {
      const session = sessions[at] as (typeof sessions)[number]
      if (state === 'ended') await gateway.revokeNow(session)
      if (state === 'changed') await gateway.change(session, { context: { tenant: 'theirs' } })
    }
    const cookies = sessions.map(({ cookie }, at) => (states[at] === 'forged' ? `${cookie.slice(0, -4)}AAAA` : cookie))
    const heads = () => cookies.map((cookie) => new Request(gateway.origins.portal, { headers: { cookie } }))
    const alone = createSessionClient(acme, gateway.optionsFor('portal'))
    const together = createSessionClient(acme, gateway.optionsFor('portal'))
    const one: unknown[] = []
    for (const head of heads()) one.push((await alone.resolve(head)).result)
    for (let round = 0; round < 2; round += 1) {
      expect(await Promise.all(heads().map(async (head) => (await together.resolve(head)).result))).toEqual(one)
    }
  })
})
