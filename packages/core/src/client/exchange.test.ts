import { describe, expect, it } from 'vitest'
import { documentOf, etagOf, headOf, openScene, receipt, show, turn } from '../fixtures/scene.ts'
import type { ScriptedCall } from '../fixtures/scripted-gateway.ts'
import { virtualTime } from '../fixtures/virtual-time.ts'

const successor = 'new.session.token'

function give(call: ScriptedCall, version: number, token = successor): void {
  call.answer(
    200,
    { token, expiresAt: '2026-11-21T10:10:00Z', document: documentOf(version), etag: etagOf(version) },
    { etag: etagOf(version) },
  )
}

/** Two calls that may have left in either order: the exchange and the read beside it. */
async function both({ gateway }: Awaited<ReturnType<typeof openScene>>) {
  const calls = [await gateway.next(), await gateway.next()]
  const [exchange, read] = ['/v1/session/token', '/v1/session'].map((path) => calls.find((call) => call.path === path) as ScriptedCall)
  return { exchange, read } as { exchange: ScriptedCall; read: ScriptedCall }
}

async function halfLife() {
  const { clock, timers, pass } = virtualTime()
  const scene = await openScene({ clock }, { timers })
  clock.advance(150_000)
  return { ...scene, pass }
}

async function expired() {
  const scene = await openScene()
  // A token that was verified before takes no time, so that the order is that of the requests.
  await scene.hold(1)
  scene.clock.advance(306_000)
  return scene
}

describe('a token at half of its life', () => {
  it('is left alone before', async () => {
    const { open, gateway, clock, asked } = await openScene()
    clock.advance(149_999)
    const reading = open().resolve()
    show(await gateway.next(), 1)
    await reading
    expect(asked()).toHaveLength(1)
  })

  it('is exchanged, and the successor goes to the browser with an answer that nobody stores', async () => {
    const scene = await halfLife()
    const session = scene.open()
    const reading = session.resolve()
    const { exchange, read } = await both(scene)
    expect([exchange.method, exchange.headers['session-token'], exchange.json]).toEqual(['POST', scene.token, {}])
    give(exchange, 2)
    show(read, 2)
    expect(await reading).toMatchObject({ status: 'active', version: 2, source: 'gateway' })
    expect(session.headersFor()).toEqual({
      set: { 'cache-control': 'private, no-store', vary: 'Cookie, Authorization' },
      setCookie: `__Host-session=${successor}; Path=/; HttpOnly; Secure; SameSite=Lax`,
    })
  })

  it('drops the successor where the handler made its answer cacheable', async () => {
    const scene = await halfLife()
    const session = scene.open()
    const reading = session.resolve()
    const { exchange, read } = await both(scene)
    give(exchange, 2)
    show(read, 2)
    await reading
    expect(session.headersFor((name) => (name === 'cache-control' ? 'public, max-age=60' : null))).toEqual({
      set: {},
      setCookie: null,
    })
  })

  it.each<[string, (call: ScriptedCall) => void]>([
    ['does not answer', (call) => call.lose()],
    ['takes no writes', (call) => call.refuse('store_unavailable')],
    ['does not know what became of it', (call) => call.refuse('outcome_unknown')],
  ])('is read with while it is good, where the store %s', async (_title, play) => {
    const scene = await halfLife()
    const session = scene.open()
    const reading = session.resolve()
    const { exchange, read } = await both(scene)
    play(exchange)
    show(read, 3)
    expect(await reading).toMatchObject({ status: 'active', version: 3 })
    expect(session.headersFor()?.setCookie).toBeNull()
  })

  it('is waited for 100 ms after the read, and still goes out with headers that have not left by then', async () => {
    const scene = await halfLife()
    const session = scene.open()
    let result: unknown
    void session.resolve().then((seen) => (result = seen))
    const { exchange, read } = await both(scene)
    show(read, 3)
    await scene.pass(99)
    expect(result).toBeUndefined()
    await scene.pass(1)
    expect(result).toMatchObject({ status: 'active', version: 3 })
    expect(session.headersFor()?.setCookie).toBeNull()
    give(exchange, 3)
    await turn()
    expect(session.headersFor()?.setCookie).toContain(successor)
  })

  it('holds no read up, and stops none, while exchanges get no answer', async () => {
    const scene = await openScene()
    scene.clock.advance(145_000)
    await scene.hold(1)
    scene.clock.advance(5_000)
    for (let lost = 0; lost < 5; lost += 1) {
      const reading = scene.open().resolve({ freshness: { maxAge: '10s' } })
      ;(await scene.gateway.next()).lose()
      expect(await reading).toMatchObject({ status: 'active', source: 'snapshot' })
    }
    const before = scene.asked().length
    const strict = scene.open().resolve({ freshness: 'strict' })
    show(await scene.gateway.next(), 2)
    expect(await strict).toMatchObject({ version: 2 })
    expect(
      scene
        .asked()
        .slice(before)
        .map(({ path }) => path),
    ).toEqual(['/v1/session'])
  })

  it.each([
    ['session_ended', { status: 'ended', reason: 'revoked' }],
    ['token_reused', { status: 'ended', reason: 'reused' }],
    ['token_invalid', { status: 'anonymous' }],
  ] as const)('takes %s for an answer', async (code, result) => {
    const scene = await halfLife()
    const reading = scene.open().resolve()
    const { exchange, read } = await both(scene)
    exchange.refuse(code)
    show(read, 3)
    expect(await reading).toEqual(result)
    expect(scene.open().headersFor()).toBeNull()
  })

  it.each(['exchange', 'read'] as const)(
    'rule 6: shows the newer of two answers where that of the %s is older and comes first',
    async (first) => {
      const scene = await halfLife()
      const reading = scene.open().resolve()
      const { exchange, read } = await both(scene)
      if (first === 'exchange') give(exchange, 1)
      else show(read, 1)
      await turn()
      if (first === 'exchange') show(read, 2)
      else give(exchange, 2)
      expect(await reading).toMatchObject({ status: 'active', version: 2 })
    },
  )

  it('rule 6: shows what the process has learnt while the exchange was awaited in vain', async () => {
    const scene = await halfLife()
    const reading = scene.open().resolve()
    const { exchange, read } = await both(scene)
    show(read, 1)
    await turn()
    const beside = scene.open({ as: 'bearer' }).resolve()
    show(await scene.gateway.next(), 2)
    expect(await beside).toMatchObject({ version: 2 })
    exchange.refuse('store_unavailable')
    expect(await reading).toMatchObject({ version: 2 })
  })

  it('rule 9: is over where the read beside the exchange has found it ended', async () => {
    const scene = await halfLife()
    const session = scene.open()
    const reading = session.resolve()
    const { exchange, read } = await both(scene)
    give(exchange, 1)
    await turn()
    read.refuse('session_ended')
    expect(await reading).toEqual({ status: 'ended', reason: 'revoked' })
    expect(session.headersFor()?.setCookie).toBeNull()
  })

  it('does not bring the cookie back that a sign-out has taken meanwhile', async () => {
    const scene = await halfLife()
    const session = scene.open({ method: 'POST' })
    const first = session.resolve()
    const early = await both(scene)
    early.exchange.refuse('store_unavailable')
    show(early.read, 1)
    await first
    const leaving = session.signOut()
    const end = await scene.gateway.next()
    const reading = session.resolve({ atLeast: 2 })
    const late = await both(scene)
    end.answer(200, { receipt, ended: 1 })
    await leaving
    give(late.exchange, 2)
    late.read.refuse('session_ended')
    await reading
    expect(session.headersFor()?.setCookie).toContain('Max-Age=0')
  })

  it('is bridged in an outage like any other', async () => {
    const scene = await openScene()
    scene.clock.advance(145_000)
    await scene.hold(1)
    scene.clock.advance(6_000)
    const reading = scene.open().resolve({ outageGrace: '10s' })
    const { exchange, read } = await both(scene)
    exchange.disconnect()
    read.disconnect()
    expect(await reading).toMatchObject({ status: 'active', source: 'outage-grace' })
  })

  it('is not exchanged when it came as a bearer', async () => {
    const { open, gateway, asked, clock } = await openScene()
    clock.advance(299_000)
    const reading = open({ as: 'bearer' }).resolve()
    show(await gateway.next(), 1)
    await reading
    expect(asked().map(({ path }) => path)).toEqual(['/v1/session'])
  })

  it('is not exchanged for a request that is refused', async () => {
    const { open, asked, clock } = await openScene()
    clock.advance(200_000)
    expect(await open({ method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } }).resolve()).toEqual({
      status: 'refused',
      code: 'cross_site',
    })
    expect(asked()).toEqual([])
  })
})

describe('a token that has expired', () => {
  it('is exchanged, and the exchange answers the session', async () => {
    const { open, gateway, asked } = await expired()
    const reading = open().resolve()
    give(await gateway.next(), 4)
    expect(await reading).toMatchObject({ status: 'active', version: 4, source: 'gateway' })
    expect(asked().map(({ path }) => path)).toEqual(['/v1/session', '/v1/session/token'])
  })

  it('is unavailable, never ended, while the gateway is away', async () => {
    const { open, gateway } = await expired()
    const session = open()
    const reading = session.resolve({ outageGrace: '10s' })
    ;(await gateway.next()).disconnect()
    expect(await reading).toMatchObject({ status: 'unavailable', code: 'store_unavailable' })
    expect(session.headersFor()?.setCookie).toBeNull()
  })

  it('is unavailable when the gateway says of the exchange itself that the token has expired', async () => {
    const { open, gateway } = await expired()
    const reading = open().resolve()
    ;(await gateway.next()).refuse('token_expired')
    expect(await reading).toMatchObject({ status: 'unavailable', code: 'token_expired' })
  })

  it('is anonymous when it came as a bearer, without a call', async () => {
    const { open, asked } = await expired()
    expect(await open({ as: 'bearer' }).resolve()).toEqual({ status: 'anonymous' })
    expect(asked()).toHaveLength(1)
  })

  it('is exchanged when only the gateway knows that it has expired', async () => {
    const { open, gateway } = await openScene()
    const reading = open().resolve()
    ;(await gateway.next()).refuse('token_expired')
    give(await gateway.next(), 2)
    expect(await reading).toMatchObject({ status: 'active', version: 2 })
  })

  it('holds a floor against the answer of the exchange', async () => {
    const { open, gateway } = await expired()
    const session = open()
    const reading = session.resolve({ atLeast: 5 })
    give(await gateway.next(), 4)
    expect(await reading).toMatchObject({ status: 'unavailable', code: 'version_not_reached' })
    expect(session.headersFor()?.setCookie).toBeNull()
  })

  it.each(['no token', 'a.b', 'a.b.c; Domain=evil.test', 'a.b.c\r\nx: y', `a.b.${'c'.repeat(4_000)}`, ''])(
    'is unavailable rather than replaced by what is no token: %j',
    async (token) => {
      const { open, gateway } = await expired()
      const session = open()
      const reading = session.resolve()
      give(await gateway.next(), 4, token)
      expect((await reading).status).toBe('unavailable')
      expect(session.headersFor()?.setCookie).toBeNull()
    },
  )
})

describe('requests with the same token at the same time', () => {
  it('share an exchange that has not left yet', async () => {
    const { client, gateway, token, asked } = await expired()
    const sessions = Array.from({ length: 50 }, () => client.open(headOf({ token })))
    const readings = sessions.map((session) => session.resolve())
    give(await gateway.next(), 1)
    expect((await Promise.all(readings)).map((result) => result.status)).toEqual(readings.map(() => 'active'))
    expect(asked()).toHaveLength(2)
    expect(sessions.every((session) => session.headersFor()?.setCookie?.includes('new.session.'))).toBe(true)
  })

  it('rule 5: never get the session from an exchange that had left before they came', async () => {
    const { open, gateway } = await expired()
    const first = open().resolve()
    const early = await gateway.next()
    const second = open().resolve()
    await turn()
    give(early, 1)
    expect(await first).toMatchObject({ version: 1 })
    give(await gateway.next(), 2)
    expect(await second).toMatchObject({ version: 2 })
  })

  it('are each their own when many tokens have expired at once', async () => {
    const { open, gateway, tokenOf, clock } = await openScene()
    const ids = Array.from({ length: 40 }, (_, at) => String.fromCharCode(65 + (at % 26)).repeat(42) + (at < 26 ? 'a' : 'b'))
    const tokens = await Promise.all(ids.map((id) => tokenOf({ sid: id })))
    clock.advance(306_000)
    const sessionOf = new Map(tokens.map((token, at) => [token, ids[at]]))
    const answer = (call: ScriptedCall) => {
      const document = documentOf(1, { id: sessionOf.get(call.headers['session-token'] as string) })
      call.answer(200, { token: successor, document }, { etag: etagOf(1) })
    }
    const reading = Promise.all(tokens.map((token) => open({ token }).get()))
    const out: ScriptedCall[] = []
    while (out.length < 16) out.push(await gateway.next())
    for (let turns = 0; turns < 20; turns += 1) await turn()
    expect(gateway.waiting).toBe(0)
    for (const call of out) answer(call)
    for (let rest = 16; rest < tokens.length; rest += 1) answer(await gateway.next())
    const results = await reading
    expect(results.map((view) => view?.id)).toEqual(ids)
  })

  it('do not hold each other up when one of different tokens fails', async () => {
    const { open, gateway, tokenOf, clock } = await openScene()
    const other = await tokenOf({ sid: 'T'.repeat(43) })
    clock.advance(306_000)
    const readings = [open().resolve(), open({ token: other }).resolve()]
    const calls = [await gateway.next(), await gateway.next()]
    calls.find((call) => call.headers['session-token'] === other)?.refuse('session_ended')
    give(calls.find((call) => call.headers['session-token'] !== other) as ScriptedCall, 1)
    expect((await Promise.all(readings)).map(({ status }) => status)).toEqual(['active', 'ended'])
  })
})
