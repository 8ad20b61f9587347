import { createSessionClient, type SessionClientOptions, type Transport } from '@single-state/core'
import { afterEach, describe, expect, it } from 'vitest'
import { createGateway, developmentPeople, memoryStore } from '../../gateway/src/index.ts'
import { acme } from '../src/fixtures/acme.ts'
import { turn } from '../src/fixtures/scene.ts'
import { virtualTime } from '../src/fixtures/virtual-time.ts'

// Real clients over the real gateway, in one process and on one clock that the test moves: nothing of ours is played. Only
// the way between them can be cut, held and let go.

const origin = 'http://localhost:4400'
const keyOf = (application: string) => `ss_${application}_${'k'.repeat(42)}${application[0]}`
const close: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(close.splice(0).map((one) => one()))
})

/** The way from one application to the gateway. */
function wayTo(fetch: (request: Request) => Promise<Response>) {
  const way = { isCut: false, paths: [] as string[], held: [] as (() => void)[], hold: null as string | null, underWay: 0 }
  const transport: Transport = async ({ method, path, headers, body }) => {
    way.paths.push(path)
    if (way.isCut) throw Object.assign(new Error('cut'), { code: 'ECONNREFUSED' })
    way.underWay += 1
    try {
      const response = await fetch(new Request(`${origin}${path}`, { method, headers, ...(body !== undefined && { body }) }))
      const text = await response.text()
      if (way.hold === path) await new Promise<void>((resolve) => way.held.push(resolve))
      if (way.isCut) throw new Error('cut')
      return { status: response.status, header: (name) => response.headers.get(name), body: text }
    } finally {
      way.underWay -= 1
    }
  }
  return Object.assign(way, { transport, release: () => way.held.splice(0).forEach((go) => void go()) })
}

async function start({ live = true } = {}) {
  const time = virtualTime()
  const applications = Object.fromEntries(['portal', 'billing', 'admin'].map((name) => [name, { key: keyOf(name), origins: [origin] }]))
  const gateway = await createGateway(
    {
      contract: acme,
      origin,
      store: memoryStore({ clock: time.clock.wallMs }),
      idp: developmentPeople([{ subject: 'ada' }]),
      applications: applications as never,
      derive: () => ({ entitlements: { plan: 'pro' as const, roles: [] }, context: { tenant: 'acme' } }),
      log: { level: 'silent' },
      live,
    },
    { clock: time.clock.wallMs, monotonic: time.clock.monotonicMs, timers: time.timers, env: {} },
  )
  const begun = await gateway.startSession({
    ...{ issuer: 'idp', subject: 'ada', authenticatedAtMs: time.clock.wallMs(), acr: null, amr: [], idpSession: null, claims: {} },
  })
  if (begun.kind !== 'started') throw new Error(begun.why)
  const cookie = begun.setCookie.slice(0, begun.setCookie.indexOf(';'))

  function join<A extends 'portal' | 'billing'>(application: A, options: Partial<SessionClientOptions<A>> = {}) {
    const way = wayTo(gateway.fetch)
    const client = createSessionClient(
      acme,
      {
        ...{ application, gateway: origin, key: keyOf(application), transport: () => way.transport },
        ...{ clock: time.clock, log: () => {} },
        ...options,
      },
      { timers: time.timers, random: () => 0, globals: { process: { versions: { node: '24.0.0' } } } },
    )
    close.push(async () => client.close())
    const open = (method = 'GET') =>
      client.open(new Request(`${origin}/`, { method, headers: { cookie, 'sec-fetch-site': 'same-origin' } }))
    /** What a read says, in short: who vouched for it and the version, or why there is none. */
    const read = async () => {
      const result = await open().resolve()
      if (result.status === 'active') return `${result.source} ${result.version}`
      return result.status === 'unavailable' ? result.code : result.status
    }
    /** Reads until a lease is in force and holds the session. */
    const warm = async () => {
      await read()
      await until(() => way.underWay === 0)
      await read()
      expect(await read()).toMatch(/^lease /)
    }
    return { way, open, read, warm }
  }

  /** Lets signatures and the like finish: they take their own time. */
  async function until(isSo: () => boolean): Promise<void> {
    for (let at = 0; at < 20_000; at += 1) {
      await turn()
      if (isSo()) return
      // A heartbeat may wait for the gateway's next look.
      if (at % 20 === 19) await time.pass(5)
    }
    throw new Error('it did not come to that')
  }

  /** Passes time in small steps until a promise is settled; how long that was. */
  async function passUntil(promise: Promise<unknown>): Promise<number> {
    const begunAtMs = time.clock.monotonicMs()
    let isSettled = false
    promise.then(
      () => (isSettled = true),
      () => (isSettled = true),
    )
    for (let at = 0; at < 2_000; at += 1) {
      await turn()
      if (isSettled) return time.clock.monotonicMs() - begunAtMs
      // The clock stands while something works that does not wait for it.
      if (time.due().length > 0) await time.pass(5)
    }
    throw new Error('it took too long')
  }

  return { ...time, gateway, join, until, passUntil }
}

const tenant = (value: string) => ({ 'context.tenant': value })

describe('a live read', () => {
  it('is answered by the gateway first, and from memory once a lease is in force', async () => {
    const { join, until } = await start()
    const portal = join('portal')
    expect(await portal.read()).toBe('gateway 1')
    await until(() => portal.way.underWay === 0)
    await portal.read()
    const asked = portal.way.paths.length
    expect([await portal.read(), await portal.read()]).toEqual(['lease 1', 'lease 1'])
    expect(portal.way.paths.length).toBe(asked)
  })

  it('knows how old it is: as old as the heartbeat', async () => {
    const { join, pass } = await start()
    const portal = join('portal')
    await portal.warm()
    await pass(100)
    expect(await portal.open().resolve()).toMatchObject({ source: 'lease', ageMs: 100 })
  })

  it('goes on from memory for as long as heartbeats do', async () => {
    const { join, pass } = await start()
    const portal = join('portal')
    await portal.warm()
    for (let at = 0; at < 20; at += 1) {
      await pass(125)
      expect(await portal.read()).toBe('lease 1')
    }
  })

  it('is strict where the gateway grants no leases, and where strict is named', async () => {
    const { join } = await start({ live: false })
    const portal = join('portal')
    expect([await portal.read(), await portal.read(), await portal.read()]).toEqual(['gateway 1', 'gateway 1', 'gateway 1'])
    expect(portal.way.paths).not.toContain('/v1/heartbeat')
    const granting = await start()
    const billing = granting.join('billing', { defaults: { freshness: 'strict' } })
    expect([await billing.read(), await billing.read()]).toEqual(['gateway 1', 'gateway 1'])
    expect(billing.way.paths).not.toContain('/v1/heartbeat')
  })

  it('asks the gateway for a requirement that is to be fresh', async () => {
    const { join } = await start()
    const portal = join('portal')
    await portal.warm()
    const asked = portal.way.paths.length
    expect(await portal.open().check({ fresh: true })).toHaveProperty('session')
    expect(portal.way.paths.length).toBeGreaterThan(asked)
  })
})

describe('rule 5: once a write is acknowledged', () => {
  it('every live read of every process answers with it', async () => {
    const { join, passUntil, pass } = await start()
    const [portal, billing] = [join('portal'), join('billing')]
    await portal.warm()
    await billing.warm()
    await pass(600)
    const writing = portal.open('POST').update('tenant.switch', tenant('other'))
    // Both say that they have it long before their leases would be over.
    expect(await passUntil(writing)).toBeLessThan(400)
    expect(await billing.read()).toMatch(/^(lease|gateway) 2$/)
    expect(await portal.read()).toMatch(/^(lease|gateway) 2$/)
  })

  it('a process whose heartbeats get no answer has no lease any more', async () => {
    const { join, passUntil } = await start()
    const [portal, billing] = [join('portal'), join('billing')]
    await portal.warm()
    await billing.warm()
    billing.way.isCut = true
    const writing = portal.open('POST').update('tenant.switch', tenant('other'))
    await passUntil(writing)
    expect(await billing.read()).toBe('store_unavailable')
    billing.way.isCut = false
    expect(await billing.read()).toBe('gateway 2')
  })

  it('a process that was stopped meanwhile does not serve what it held, before any of its timers has run', async () => {
    const { join, passUntil, pause, until, due } = await start()
    const [portal, billing] = [join('portal'), join('billing')]
    await billing.warm()
    await portal.read()
    await until(() => portal.way.underWay === 0)
    const writing = portal.open('POST').update('tenant.switch', tenant('other'), { settle: 'commit' })
    await passUntil(writing)
    expect(await billing.read()).toBe('lease 1')
    expect(due().length).toBeGreaterThan(0)
    pause(515)
    expect(await billing.read()).toBe('gateway 2')
  })

  it('an answer that left before the write and comes after the heartbeat is not kept', async () => {
    const { join, passUntil, until, pass } = await start()
    const [portal, billing] = [join('portal'), join('billing')]
    await portal.warm()
    await billing.warm()
    billing.way.hold = '/v1/session'
    const late = billing.open().resolve({ freshness: 'strict' })
    await until(() => billing.way.held.length === 1)
    billing.way.hold = null
    const writing = portal.open('POST').update('tenant.switch', tenant('other'))
    await passUntil(writing)
    billing.way.release()
    // It began before the write was acknowledged, so either version is a true answer; the older must not stay.
    expect((await late).status).toBe('active')
    await pass(0)
    expect([await billing.read(), await billing.read()].map((said) => said.slice(-1))).toEqual(['2', '2'])
  })

  it('a heartbeat that was answered before the write does not prolong anything by being late', async () => {
    const { join, passUntil, until, pass } = await start()
    const [portal, billing] = [join('portal'), join('billing')]
    await portal.warm()
    await billing.warm()
    billing.way.hold = '/v1/heartbeat'
    await pass(125)
    await until(() => billing.way.held.length === 1)
    const writing = portal.open('POST').update('tenant.switch', tenant('other'))
    await until(() => portal.way.underWay > 0)
    let acknowledged = false
    void writing.then(() => (acknowledged = true))
    await pass(490)
    billing.way.release()
    await pass(0)
    await passUntil(writing)
    expect(acknowledged).toBe(true)
    expect(await billing.read()).toBe('gateway 2')
  })

  it('a sign-out has ended the session for every live read', async () => {
    const { join, passUntil } = await start()
    const [portal, billing] = [join('portal'), join('billing')]
    await portal.warm()
    await billing.warm()
    billing.way.isCut = true
    // Its last heartbeat was an eighth of a second ago at most: until that lease is over.
    expect(await passUntil(portal.open('POST').signOut())).toBeGreaterThan(350)
    billing.way.isCut = false
    expect(await billing.read()).toBe('ended')
    expect(await portal.read()).toBe('ended')
  })
})
