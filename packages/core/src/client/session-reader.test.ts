import { describe, expect, it, vi } from 'vitest'
import { acknowledge, documentOf, etagOf, openScene, receipt, show, turn, unchanged } from '../fixtures/scene.ts'
import type { ScriptedCall } from '../fixtures/scripted-gateway.ts'

const version = (result: { status: string; version?: number }) => result.version ?? result.status

describe('a strict read', () => {
  it('asks the gateway and answers what it says, with its age', async () => {
    const { open, gateway, clock, token } = await openScene()
    const reading = open().resolve()
    const call = await gateway.next()
    expect([call.method, call.path, call.headers['session-token'], call.headers['contract-revision'], call.timeoutMs]).toEqual([
      ...['GET', '/v1/session', token, '2', 500],
    ])
    expect(call.headers['if-none-match']).toBeUndefined()
    clock.advance(40)
    show(call, 1)
    expect(await reading).toMatchObject({
      status: 'active',
      source: 'gateway',
      version: 1,
      ageMs: 40,
      session: { context: { tenant: 'tenant-1' } },
    })
  })

  it('asks again at the next request, with the tag of what is held, and shows the same frozen document', async () => {
    const { open, gateway, hold } = await openScene()
    await hold(1)
    async function readAgain() {
      const reading = open().get()
      const call = await gateway.next()
      expect(call.headers['if-none-match']).toBe(etagOf(1))
      unchanged(call)
      return reading
    }
    const views = [await readAgain(), await readAgain()]
    expect(views[0]).toBe(views[1])
    expect(Object.isFrozen(views[0]?.context)).toBe(true)
  })

  it('rule 5: is never answered by a request that had left before it', async () => {
    const { open, gateway } = await openScene()
    const first = open().resolve()
    const early = await gateway.next()
    const second = open().resolve()
    await turn()
    show(early, 1)
    expect(version(await first)).toBe(1)
    const late = await gateway.next()
    show(late, 2)
    expect(version(await second)).toBe(2)
  })

  it('says that nothing new is unavailable when nothing was held', async () => {
    const { open, gateway } = await openScene()
    const reading = open().resolve()
    ;(await gateway.next()).answer(304)
    expect(await reading).toMatchObject({ status: 'unavailable', code: 'store_unavailable' })
  })

  it('rule 6: asks again when the answer is older than what this process has shown', async () => {
    const { open, gateway, hold, tokenOf } = await openScene({ cache: { entries: 1 } })
    const other = 'T'.repeat(43)
    await hold(7)
    const evicting = open({ token: await tokenOf({ sid: other }) }).resolve()
    show(await gateway.next(), 1, { id: other })
    await evicting
    const reading = open().resolve()
    show(await gateway.next(), 6)
    show(await gateway.next(), 7)
    expect(version(await reading)).toBe(7)
  })

  it('rule 6: is unavailable when the gateway stays behind what this process has shown, and not what was held', async () => {
    const { open, gateway, hold, clock } = await openScene()
    await hold(7)
    clock.advance(1)
    const reading = open().resolve()
    show(await gateway.next(), 6)
    show(await gateway.next(), 6)
    expect(await reading).toMatchObject({ status: 'unavailable', code: 'version_not_reached' })
  })

  it('shows the newer version that a write has brought while it was out', async () => {
    const { open, gateway, hold, clock, asked } = await openScene()
    await hold(1)
    const writer = open({ method: 'POST' })
    const based = writer.resolve()
    unchanged(await gateway.next())
    await based
    const reading = open().resolve()
    const early = await gateway.next()
    clock.advance(5)
    const publishing = writer.publish('tenantChanged', { tenant: 'x' })
    acknowledge(await gateway.next(), 2)
    await publishing
    unchanged(early)
    expect(version(await reading)).toBe(2)
    expect(asked()).toHaveLength(4)
  })

  it('asks again when a write that had left before it has made its answer old', async () => {
    const { open, gateway, hold, clock } = await openScene()
    await hold(1)
    const writer = open({ method: 'POST' })
    const based = writer.resolve()
    unchanged(await gateway.next())
    await based
    const publishing = writer.publish('tenantChanged', { tenant: 'x' })
    const put = await gateway.next()
    clock.advance(5)
    const reading = open().resolve()
    const late = await gateway.next()
    acknowledge(put, 2)
    await publishing
    unchanged(late)
    const again = await gateway.next()
    expect(again.headers['if-none-match']).toBe(etagOf(2))
    unchanged(again)
    expect(await reading).toMatchObject({ version: 2, ageMs: 0 })
  })
})

describe('a read with a floor', () => {
  it('is answered when the session has reached the version', async () => {
    const { open, gateway } = await openScene()
    const reading = open().resolve({ atLeast: 3 })
    show(await gateway.next(), 3)
    expect(version(await reading)).toBe(3)
  })

  it('is unavailable when the session is below it after one strict read', async () => {
    const { open, gateway, asked } = await openScene()
    const reading = open().resolve({ atLeast: 3 })
    show(await gateway.next(), 2)
    expect(await reading).toMatchObject({ status: 'unavailable', code: 'version_not_reached' })
    expect(asked()).toHaveLength(1)
  })

  it('asks the gateway although what is held is fresh enough, when that is below it', async () => {
    const { open, gateway, hold } = await openScene()
    await hold(2)
    const reading = open().resolve({ freshness: { maxAge: '10s' }, atLeast: 3 })
    show(await gateway.next(), 3)
    expect(version(await reading)).toBe(3)
  })
})

describe('a read with a bound', () => {
  it('is answered from memory within it, and says how old that is', async () => {
    const { open, hold, clock, asked } = await openScene()
    await hold(1)
    clock.advance(4_000)
    expect(await open().resolve({ freshness: { maxAge: '5s' } })).toMatchObject({ source: 'snapshot', version: 1, ageMs: 4_000 })
    expect(asked()).toHaveLength(1)
  })

  it('asks the gateway beyond it', async () => {
    const { open, hold, clock, gateway } = await openScene()
    await hold(1)
    clock.advance(5_001)
    const reading = open().resolve({ freshness: { maxAge: '5s' } })
    unchanged(await gateway.next())
    expect(await reading).toMatchObject({ source: 'gateway', ageMs: 0 })
  })

  it('never goes beyond what the contract allows the application', async () => {
    const { open, hold, clock, gateway } = await openScene()
    await hold(1)
    clock.advance(10_001)
    const reading = open().resolve({ freshness: { maxAge: '5m' } })
    unchanged(await gateway.next())
    expect(await reading).toMatchObject({ source: 'gateway' })
  })

  it('measures the age from when the confirming request was sent', async () => {
    const { open, gateway, clock } = await openScene()
    const reading = open().resolve()
    const call = await gateway.next()
    clock.advance(400)
    show(call, 1)
    await reading
    expect(await open().resolve({ freshness: { maxAge: '1s' } })).toMatchObject({ source: 'snapshot', ageMs: 400 })
  })

  it('is never served past the end of the token, nor for the leeway beyond it', async () => {
    const { open, hold, clock, gateway, tokenOf } = await openScene()
    const exp = clock.wallMs() / 1_000 + 2
    const token = await tokenOf({ exp, iat: exp - 300 })
    await hold(1)
    clock.advance(1_999)
    expect(await open({ token, as: 'bearer' }).resolve({ freshness: { maxAge: '10s' } })).toMatchObject({ source: 'snapshot' })
    clock.advance(1)
    const reading = open({ token, as: 'bearer' }).resolve({ freshness: { maxAge: '10s' } })
    ;(await gateway.next()).refuse('token_expired')
    expect(await reading).toEqual({ status: 'anonymous' })
  })

  it('is not fooled by a wall clock that was set back', async () => {
    const { open, hold, clock, gateway } = await openScene()
    await hold(1)
    clock.advance(11_000)
    clock.setWall(clock.wallMs() - 3_600_000)
    const reading = open().resolve({ freshness: { maxAge: '10s' } })
    unchanged(await gateway.next())
    expect(await reading).toMatchObject({ source: 'gateway' })
  })

  it('is the default where the client says so', async () => {
    const { open, hold, clock, gateway } = await openScene({ defaults: { freshness: { maxAge: '5s' } } })
    await hold(1)
    clock.advance(1_000)
    expect(await open().resolve()).toMatchObject({ source: 'snapshot' })
    const strict = open().resolve({ freshness: 'strict' })
    unchanged(await gateway.next())
    expect(await strict).toMatchObject({ source: 'gateway' })
  })
})

describe('an outage', () => {
  it('is bridged by what was last confirmed, marked and without its signals', async () => {
    const { open, hold, clock, gateway } = await openScene()
    await hold(1, { signals: { tenantChanged: { value: { tenant: 'x' }, remainingMs: 30_000 } } })
    clock.advance(9_000)
    const reading = open().resolve({ outageGrace: '30s' })
    ;(await gateway.next()).disconnect()
    const result = await reading
    expect(result).toMatchObject({ status: 'active', source: 'outage-grace', ageMs: 9_000 })
    expect(result.status === 'active' && result.session.signals).toEqual({})
  })

  it('is bridged no longer than the contract allows', async () => {
    const { open, hold, clock, gateway } = await openScene()
    await hold(1)
    clock.advance(10_001)
    const reading = open().resolve({ outageGrace: '30s' })
    ;(await gateway.next()).disconnect()
    expect((await reading).status).toBe('unavailable')
  })

  it('is not bridged for a route that does not allow it', async () => {
    const { open, hold, gateway } = await openScene()
    await hold(1)
    const reading = open().resolve()
    ;(await gateway.next()).disconnect()
    expect((await reading).status).toBe('unavailable')
  })

  it('is never bridged for a requirement that is fresh, whatever the defaults', async () => {
    const { open, hold, gateway } = await openScene({ defaults: { outageGrace: '10s', freshness: { maxAge: '10s' } } })
    await hold(1)
    const strict = open().check({ fresh: true })
    ;(await gateway.next()).disconnect()
    expect(await strict).toMatchObject({ denial: { status: 503 } })
  })

  it('is bridged neither below a floor nor past the end of the token', async () => {
    const { open, hold, gateway, clock, tokenOf } = await openScene()
    await hold(1)
    const below = open().resolve({ outageGrace: '10s', atLeast: 2 })
    ;(await gateway.next()).disconnect()
    expect((await below).status).toBe('unavailable')
    const exp = clock.wallMs() / 1_000
    const late = open({ token: await tokenOf({ exp, iat: exp - 300 }), as: 'bearer' }).resolve({ outageGrace: '10s' })
    ;(await gateway.next()).disconnect()
    expect((await late).status).toBe('unavailable')
  })

  it.each(['application_unknown', 'contract_mismatch', 'read_denied', 'rate_limited', 'internal_error'] as const)(
    'is none when the gateway answers %s',
    async (code) => {
      const { open, hold, gateway } = await openScene()
      await hold(1)
      const reading = open().resolve({ outageGrace: '10s' })
      ;(await gateway.next()).refuse(code)
      expect(await reading).toMatchObject({ status: 'unavailable', code })
    },
  )

  it('is none when the gateway answers with a newer document that this application cannot read', async () => {
    const { open, hold, gateway, logs } = await openScene()
    await hold(1)
    const reading = open().resolve({ outageGrace: '10s' })
    show(await gateway.next(), 2, { entitlements: { plan: 'platinum', roles: [] } })
    expect(await reading).toMatchObject({ status: 'unavailable', code: 'contract_mismatch' })
    expect(logs.at(-1)?.message).toContain('does not fit the contract')
  })

  it('is over with the first read that the breaker lets through, within a second of the return', async () => {
    const { open, gateway, clock } = await openScene()
    let away = true
    gateway.always('/v1/session', (call) => (away ? call.disconnect() : show(call, 1)))
    for (let requests = 0; requests < 10; requests += 1) await open().resolve()
    away = false
    const returnedAtMs = clock.monotonicMs()
    while ((await open().resolve()).status !== 'active') clock.advance(50)
    expect(clock.monotonicMs() - returnedAtMs).toBeLessThanOrEqual(500)
  })

  it.each<[string, (call: ScriptedCall) => void, number]>([
    ['pages of a proxy', (call) => call.answer(502, '<html>'), 5],
    ['answers of another service', (call) => call.answer(200, { hello: 'world' }), 5],
    ['refusals of the gateway itself', (call) => call.refuse('store_unavailable'), 9],
  ])('is what %s are taken for, or not: of nine requests so many leave', async (_title, play, leave) => {
    const { open, gateway, asked } = await openScene()
    gateway.always('/v1/session', play)
    for (let requests = 0; requests < 9; requests += 1) await open().resolve()
    expect(asked()).toHaveLength(leave)
  })

  it('is answered at once while the breaker is open, and reported once', async () => {
    const { open, gateway, asked, logs } = await openScene()
    gateway.always('/v1/session', (call) => call.disconnect())
    for (let requests = 0; requests < 50; requests += 1) await open().resolve()
    expect(asked()).toHaveLength(5)
    expect(logs).toHaveLength(1)
    expect(logs[0]).toMatchObject({ level: 'error', cause: { code: 'ECONNREFUSED' } })
  })
})

describe('a session that has ended', () => {
  it('stays ended without asking again', async () => {
    const { open, gateway, asked } = await openScene()
    const reading = open().resolve()
    ;(await gateway.next()).refuse('session_ended', { reason: 'expired' })
    expect(await reading).toEqual({ status: 'ended', reason: 'expired' })
    expect(await open().resolve({ freshness: { maxAge: '10s' } })).toEqual({ status: 'ended', reason: 'expired' })
    expect(asked()).toHaveLength(1)
  })

  it('rule 9: is not brought back by an answer that was under way when it was ended', async () => {
    const { open, gateway, hold } = await openScene()
    await hold(1)
    const leaver = open({ method: 'POST' })
    const based = leaver.resolve()
    unchanged(await gateway.next())
    await based
    const reading = open().resolve()
    const late = await gateway.next()
    const leaving = leaver.signOut()
    const end = await gateway.next()
    expect([end.method, end.path]).toEqual(['DELETE', '/v1/session'])
    end.answer(200, { receipt, ended: 1 })
    await leaving
    show(late, 2)
    expect(await reading).toEqual({ status: 'ended', reason: 'revoked' })
    expect(await open().resolve({ freshness: { maxAge: '10s' } })).toEqual({ status: 'ended', reason: 'revoked' })
  })
})

describe('many reads at once', () => {
  const sessions = ['a', 'b', 'c'].map((letter) => letter.repeat(43))

  /** Four requests are out; three more reads wait, in the order of `sessions`, and leave when the first lands. */
  async function busy(options: Parameters<typeof openScene>[0] = {}) {
    const scene = await openScene(options)
    const early = await Promise.all(['1', '2', '3', '4'].map((digit) => scene.tokenOf({ sid: digit.repeat(43) })))
    const tokens = await Promise.all(sessions.map((id) => scene.tokenOf({ sid: id })))
    // A token that was verified before takes no time, so that the order is that of the questions.
    scene.gateway.always('/v1/session', (call) => call.refuse('rate_limited'))
    scene.gateway.always('/v1/reads', (call) => call.refuse('rate_limited'))
    for (const token of [...early, ...tokens]) await scene.open({ token }).resolve()
    for (const path of ['/v1/session', '/v1/reads']) scene.gateway.always(path, null)

    const out: ScriptedCall[] = []
    for (const token of early) {
      void scene.open({ token }).resolve()
      out.push(await scene.gateway.next())
    }
    const asking = tokens.map((token) => scene.open({ token }).resolve())
    await turn()
    out[0]?.refuse('rate_limited')
    return { ...scene, tokens, asking, call: await scene.gateway.next() }
  }

  it('leave together in one request, in order', async () => {
    const { tokens, asking, call } = await busy()
    expect([call.method, call.path]).toEqual(['POST', '/v1/reads'])
    expect(call.json).toEqual({ reads: tokens.map((token) => ({ token })) })
    const results = sessions.map((id, at) => ({ status: 200, document: documentOf(at + 1, { id }), etag: etagOf(at + 1) }))
    call.answer(200, { seq: 1, epoch: 'e', results })
    expect((await Promise.all(asking)).map(version)).toEqual([1, 2, 3])
  })

  it('have each the outcome that a read of its own would have had', async () => {
    const { asking, call, logs } = await busy()
    const problem = { type: 'about:blank', title: '', status: 401, code: 'session_ended', reason: 'expired' }
    call.answer(200, {
      seq: 1,
      epoch: 'e',
      results: [
        { status: 200, document: documentOf(1, { id: sessions[0], entitlements: 'none' }), etag: etagOf(1) },
        { status: 401, problem },
        { status: 200, document: documentOf(3, { id: sessions[2] }), etag: etagOf(3) },
      ],
    })
    expect((await Promise.all(asking)).map(version)).toEqual(['unavailable', 'ended', 3])
    expect(logs.map(({ message }) => message).join()).toContain('does not fit the contract')
  })

  it('do not take each other away by a result that cannot be read', async () => {
    const { asking, call } = await busy()
    const good = { status: 200, document: documentOf(3, { id: sessions[2] }), etag: etagOf(3) }
    call.answer(200, { seq: 1, epoch: 'e', results: [null, { status: 'ok', etag: 5 }, good] })
    expect((await Promise.all(asking)).map(version)).toEqual(['unavailable', 'unavailable', 3])
  })

  it('count with their size for the bound of the cache', async () => {
    const { asking, call, open, tokens, gateway } = await busy({ cache: { bytes: 1_000 } })
    const documents = sessions.map((id) => ({ status: 200, document: documentOf(1, { id }), etag: etagOf(1) }))
    call.answer(200, { seq: 1, epoch: 'e', results: documents })
    expect((await Promise.all(asking)).map(version)).toEqual([1, 1, 1])
    const again = tokens.map((token) => open({ token, as: 'bearer' }).resolve({ freshness: { maxAge: '10s' } }))
    await turn()
    expect(gateway.waiting).toBe(1)
    expect(version(await (again[2] as (typeof again)[number]))).toBe(1)
  })

  it('are unavailable where results are missing, or of another session', async () => {
    const { asking, call } = await busy()
    const swapped = { status: 200, document: documentOf(1, { id: sessions[1] }), etag: etagOf(1) }
    call.answer(200, { seq: 1, epoch: 'e', results: [swapped, { status: 200, document: documentOf(1, { id: sessions[1] }) }] })
    expect(await Promise.all(asking)).toMatchObject([
      { status: 'unavailable', code: 'internal_error' },
      { status: 'unavailable', code: 'internal_error' },
      { status: 'unavailable' },
    ])
  })

  it.each(['token_invalid', 'session_ended', 'application_unknown', 'store_unavailable'] as const)(
    'sign nobody out when the request as a whole is answered with %s',
    async (code) => {
      const { asking, call } = await busy()
      call.refuse(code)
      expect((await Promise.all(asking)).map(({ status }) => status)).toEqual(['unavailable', 'unavailable', 'unavailable'])
    },
  )

  it.each([
    ['the newest generation', 2, 0],
    ['the longest life of one generation', 1, 1],
  ])('of one session show its newest token: %s', async (_title, gen, longerS) => {
    const { open, gateway, tokenOf, clock } = await openScene()
    const nowS = clock.wallMs() / 1_000
    const [older, newer] = [await tokenOf({ exp: nowS + 299 }), await tokenOf({ gen, exp: nowS + 299 + longerS })]
    gateway.always('/v1/session', (call) => call.refuse('rate_limited'))
    for (const token of [older, newer]) await open({ token }).resolve()
    gateway.always('/v1/session', null)
    void open({ token: older }).resolve()
    const out = await gateway.next()
    for (const token of [older, newer, older]) void open({ token }).resolve()
    await turn()
    unchanged(out)
    expect((await gateway.next()).headers['session-token']).toBe(newer)
  })

  it('wait no longer for a request to spare than a read may take', async () => {
    const { open, tokens } = await busy()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const waiting = open({ token: tokens[0] as string }).resolve()
      await turn()
      vi.advanceTimersByTime(499)
      await expect(Promise.race([waiting, turn()])).resolves.toBeUndefined()
      vi.advanceTimersByTime(1)
      expect(await waiting).toMatchObject({ status: 'unavailable', code: 'store_unavailable' })
    } finally {
      vi.useRealTimers()
    }
  })

  it('send what is held, and an unchanged session is confirmed', async () => {
    const { open, gateway, tokens, asking, call, clock } = await busy()
    const documents = sessions.map((id) => ({ status: 200, document: documentOf(1, { id }), etag: etagOf(1) }))
    call.answer(200, { seq: 1, epoch: 'e', results: documents })
    await Promise.all(asking)
    clock.advance(1_000)
    const again = tokens.map((token) => open({ token }).resolve())
    const batch = await gateway.next()
    expect(batch.json.reads).toEqual(tokens.map((token) => ({ token, etag: etagOf(1) })))
    batch.answer(200, { seq: 1, epoch: 'e', results: again.map(() => ({ status: 304, etag: etagOf(1) })) })
    expect(await Promise.all(again)).toMatchObject([0, 0, 0].map((ageMs) => ({ version: 1, ageMs, source: 'gateway' })))
  })
})

describe('the bound of the cache', () => {
  it('counts the bytes of documents on the wire, not their characters', async () => {
    // 3 bytes each: a document of 0.7 K characters and 1.3 KB, of which two are more than may be held.
    const context = { tenant: '\u6f22'.repeat(300) }
    const { open, gateway, hold, tokenOf } = await openScene({ cache: { bytes: 2_000 } })
    const other = { id: 'T'.repeat(43), context }
    await hold(1, { context })
    const reading = open({ token: await tokenOf({ sid: other.id }) }).resolve()
    show(await gateway.next(), 1, other)
    await reading
    const again = open().resolve()
    const call = await gateway.next()
    expect(call.headers['if-none-match']).toBeUndefined()
    show(call, 1)
    await again
  })
})

describe('a signal', () => {
  const signals = (remainingMs: number) => ({ signals: { tenantChanged: { value: { tenant: 'x' }, remainingMs } } })

  it('rule 2: is shown for the time that it has left, counted from when the request was sent', async () => {
    const { open, hold, clock } = await openScene()
    await hold(1, signals(1_000))
    const seen = async () => (await open().get({ freshness: { maxAge: '10s' } }))?.signals
    clock.advance(999)
    expect(await seen()).toEqual({ tenantChanged: { tenant: 'x' } })
    clock.advance(1)
    expect(await seen()).toEqual({})
  })

  it('takes no session away when it does not fit its schema', async () => {
    const { open, gateway } = await openScene()
    const reading = open().get()
    show(await gateway.next(), 1, { signals: { tenantChanged: { value: { tenant: 5 }, remainingMs: 1_000 } } })
    expect((await reading)?.signals).toEqual({})
  })
})
