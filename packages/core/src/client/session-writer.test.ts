import { describe, expect, it } from 'vitest'
import { remove } from '../contract/session-view.ts'
import { codes, isSessionError, type SessionErrorCode } from '../errors.ts'
import { acknowledge, documentOf, etagOf, openScene, receipt, show, turn, unchanged } from '../fixtures/scene.ts'
import type { ScriptedCall } from '../fixtures/scripted-gateway.ts'

const switchTo = (tenant: string) => ({ 'context.tenant': tenant })

/** A request that has read version 1 and is about to write. */
async function based() {
  const scene = await openScene()
  const session = scene.open({ method: 'POST' })
  const reading = session.resolve()
  show(await scene.gateway.next(), 1)
  await reading
  return { ...scene, session, switching: () => session.update('tenant.switch', switchTo('acme')) }
}

async function rejection(promise: Promise<unknown>) {
  const error = await promise.then(() => null).catch((caught: unknown) => caught)
  if (!isSessionError(error)) throw error
  return error
}

describe('update', () => {
  it('sends the change on the condition of what was read, with its reason and a key of its own', async () => {
    const { gateway, switching, token } = await based()
    const updating = switching()
    const call = await gateway.next()
    expect([call.method, call.path, call.headers['if-match'], call.headers['session-token'], call.timeoutMs]).toEqual([
      ...['PATCH', '/v1/session', etagOf(1), token, 2_000],
    ])
    expect(call.json).toEqual({ reason: 'tenant.switch', set: { 'context.tenant': 'acme' }, unset: [] })
    expect(call.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/)
    acknowledge(call, 2, { context: { tenant: 'acme' } })
    expect(await updating).toMatchObject({ version: 2, context: { tenant: 'acme' } })
  })

  it('replaces what the request knows, and what the process knows', async () => {
    const { gateway, switching, session, open, asked } = await based()
    const updating = switching()
    acknowledge(await gateway.next(), 2)
    await updating
    expect(await session.resolve()).toMatchObject({ version: 2, source: 'gateway' })
    expect(await open().resolve({ freshness: { maxAge: '10s' } })).toMatchObject({ version: 2, source: 'snapshot' })
    expect(asked()).toHaveLength(2)
  })

  it('takes a key out', async () => {
    const { gateway, session } = await based()
    const updating = session.update('note.change', { 'context.note': remove })
    const call = await gateway.next()
    expect(call.json).toEqual({ reason: 'note.change', set: {}, unset: ['context.note'] })
    acknowledge(call, 2)
    await updating
  })

  it('reads first when the request has not read yet', async () => {
    const { open, gateway } = await openScene()
    const updating = open({ method: 'POST' }).update('tenant.switch', switchTo('acme'))
    show(await gateway.next(), 4)
    const call = await gateway.next()
    expect(call.headers['if-match']).toBe(etagOf(4))
    acknowledge(call, 5)
    expect(await updating).toMatchObject({ version: 5 })
  })

  it.each([
    ['null', null],
    ['no change', {}],
  ])('writes nothing when the function decides on %s', async (_title, decision) => {
    const { session, asked } = await based()
    expect(await session.update('tenant.switch', () => decision)).toMatchObject({ version: 1 })
    expect(asked()).toHaveLength(1)
  })

  it.each([undefined, () => 'acme', Symbol('acme'), 1n])('refuses a change to what JSON would lose or cannot carry: %s', async (value) => {
    const { session, asked } = await based()
    const change = { 'context.tenant': value } as unknown as { 'context.tenant': string }
    await expect(session.update('tenant.switch', change)).rejects.toThrow(
      new TypeError(`changes: expected a value or remove for 'context.tenant', found ${typeof value}`),
    )
    expect(asked()).toHaveLength(1)
  })

  it.each([-1, 1.5, 101, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s retries', async (retries) => {
    const { session } = await based()
    await expect(session.update('tenant.switch', () => null, { retries })).rejects.toThrow(TypeError)
  })

  it('hands on what the function throws, whatever it is', async () => {
    const { session, asked } = await based()
    const conflictOfAnother = Object.assign(new Error('mine'), { code: 'version_conflict' })
    await expect(
      session.update('tenant.switch', () => {
        throw conflictOfAnother
      }),
    ).rejects.toBe(conflictOfAnother)
    expect(asked()).toHaveLength(1)
  })
})

describe('update after a conflict', () => {
  it('hands the conflict of changes as they are to the caller, and reads again after it', async () => {
    const { gateway, switching, session } = await based()
    const updating = rejection(switching())
    ;(await gateway.next()).refuse('version_conflict', { version: 3 })
    expect(await updating).toMatchObject({ name: 'SessionConflictError', code: 'version_conflict', currentVersion: 3 })
    const reading = session.resolve()
    show(await gateway.next(), 3)
    expect(await reading).toMatchObject({ version: 3 })
  })

  it('does not read again what is known to be outdated, however fresh the request finds that', async () => {
    const { gateway, open } = await openScene({ defaults: { freshness: { maxAge: '10s' } } })
    const session = open({ method: 'POST' })
    const updating = rejection(session.update('tenant.switch', switchTo('acme')))
    show(await gateway.next(), 1)
    ;(await gateway.next()).refuse('version_conflict', { version: 3 })
    await updating
    const reading = session.resolve()
    show(await gateway.next(), 3)
    expect(await reading).toMatchObject({ version: 3, source: 'gateway' })
  })

  it('decides again from what the session is now', async () => {
    const { gateway, session } = await based()
    const seen: unknown[] = []
    const updating = session.update('tenant.switch', ({ context }) => {
      seen.push(context.tenant)
      return switchTo(`${context.tenant}+`)
    })
    ;(await gateway.next()).refuse('version_conflict', { version: 3 })
    show(await gateway.next(), 3)
    const again = await gateway.next()
    expect([again.headers['if-match'], again.json.set]).toEqual([etagOf(3), { 'context.tenant': 'tenant-3+' }])
    acknowledge(again, 4)
    expect(await updating).toMatchObject({ version: 4 })
    expect(seen).toEqual(['tenant-1', 'tenant-3'])
  })

  it('uses a new key for a new decision', async () => {
    const { gateway, session } = await based()
    const updating = session.update('tenant.switch', () => switchTo('acme'))
    const first = await gateway.next()
    first.refuse('version_conflict', { version: 2 })
    show(await gateway.next(), 2)
    const second = await gateway.next()
    expect(second.headers['idempotency-key']).not.toBe(first.headers['idempotency-key'])
    acknowledge(second, 3)
    await updating
  })

  it('is unavailable when the session cannot be read up to the version of the conflict', async () => {
    const { gateway, session } = await based()
    const updating = rejection(session.update('tenant.switch', () => switchTo('acme')))
    ;(await gateway.next()).refuse('version_conflict', { version: 3 })
    show(await gateway.next(), 2)
    expect(await updating).toMatchObject({ code: 'version_not_reached', status: 503 })
  })

  it.each([
    [undefined, 4],
    [0, 1],
    [2, 3],
  ])('gives up after its retries (%s), with the last conflict', async (retries, decisions) => {
    const { gateway, session } = await based()
    let current = 1
    let decided = 0
    gateway.always('/v1/session', (call) => {
      if (call.method === 'GET') return show(call, current)
      current += 1
      call.refuse('version_conflict', { version: current })
    })
    const decide = () => {
      decided += 1
      return switchTo('acme')
    }
    const error = await rejection(session.update('tenant.switch', decide, retries === undefined ? {} : { retries }))
    expect(error).toMatchObject({ code: 'version_conflict', currentVersion: 1 + decisions })
    expect(decided).toBe(decisions)
  })
})

describe('update when the answer is lost', () => {
  it('repeats the same request with the same key, and never runs the function again', async () => {
    const { gateway, session } = await based()
    let decided = 0
    const updating = session.update('tenant.switch', () => {
      decided += 1
      return switchTo('acme')
    })
    const first = await gateway.next()
    first.lose()
    const second = await gateway.next()
    second.lose()
    const third = await gateway.next()
    acknowledge(third, 2)
    expect(await updating).toMatchObject({ version: 2 })
    expect([second, third].map(({ headers, body }) => [headers, body])).toEqual([first, first].map(({ headers, body }) => [headers, body]))
    expect(decided).toBe(1)
  })

  it.each<[string, (call: ScriptedCall) => void]>([
    ['no answer', (call) => call.lose()],
    ['the page of a proxy', (call) => call.answer(502, '<html>')],
    ['a 200 that is not of the wire', (call) => call.answer(200, 'ok')],
    ['a 304', (call) => call.answer(304)],
    ['outcome_unknown', (call) => call.refuse('outcome_unknown')],
    ['internal_error', (call) => call.refuse('internal_error')],
  ])('says that the outcome is unknown after two repeats: %s', async (_title, play) => {
    const { gateway, switching, asked } = await based()
    const updating = rejection(switching())
    for (let tries = 0; tries < 3; tries += 1) play(await gateway.next())
    expect(await updating).toMatchObject({ code: 'outcome_unknown', status: 503, retryAfterMs: 1_000 })
    expect(asked()).toHaveLength(4)
  })

  it.each<[string, (call: ScriptedCall) => void]>([
    ['a closed door', (call) => call.disconnect()],
    ['store_unavailable', (call) => call.refuse('store_unavailable')],
    ['rate_limited', (call) => call.refuse('rate_limited')],
    ['its token replaced', (call) => call.refuse('token_replaced')],
  ])('keeps the outcome unknown when a repeat finds %s: that says nothing about the first', async (_title, play) => {
    const { gateway, switching } = await based()
    const updating = rejection(switching())
    ;(await gateway.next()).lose()
    play(await gateway.next())
    play(await gateway.next())
    expect(await updating).toMatchObject({ code: 'outcome_unknown' })
  })

  it('keeps the outcome unknown when the token has run out by the repeat and cannot be exchanged', async () => {
    const { gateway, switching } = await based()
    const updating = rejection(switching())
    ;(await gateway.next()).lose()
    for (let repeat = 0; repeat < 2; repeat += 1) {
      ;(await gateway.next()).refuse('token_expired')
      ;(await gateway.next()).disconnect()
    }
    expect(await updating).toMatchObject({ code: 'outcome_unknown' })
  })

  it('takes the conflict that a repeat meets for the answer: the first was not applied', async () => {
    const { gateway, switching } = await based()
    const updating = rejection(switching())
    ;(await gateway.next()).lose()
    ;(await gateway.next()).refuse('version_conflict', { version: 2 })
    expect(await updating).toMatchObject({ code: 'version_conflict' })
  })

  it.each([
    [17, 'version_conflict'],
    [18, 'outcome_unknown'],
  ])('tells a conflict at version %i as %s: the gateway remembers the last 16 writes only', async (version, code) => {
    const { gateway, switching } = await based()
    const updating = rejection(switching())
    ;(await gateway.next()).lose()
    for (let repeat = 0; repeat < (code === 'outcome_unknown' ? 2 : 1); repeat += 1) {
      ;(await gateway.next()).refuse('version_conflict', { version })
    }
    expect(await updating).toMatchObject({ code })
  })

  it('is not repeated when nothing had left', async () => {
    const { gateway, switching, asked } = await based()
    const updating = rejection(switching())
    ;(await gateway.next()).disconnect()
    expect(await updating).toMatchObject({ name: 'SessionUnavailableError', code: 'store_unavailable', retryAfterMs: 1_000 })
    expect(asked()).toHaveLength(2)
  })
})

describe('update that is refused', () => {
  const refusals: SessionErrorCode[] = ['write_denied', 'document_invalid', 'document_too_large', 'reason_required', 'request_invalid']

  it.each([...refusals, 'idempotency_key_reused', 'version_required', 'application_denied'] as const)(
    'rejects with %s and its detail, once',
    async (code) => {
      const { gateway, switching, asked } = await based()
      const updating = rejection(switching())
      ;(await gateway.next()).refuse(code, { detail: 'what was found' })
      expect(await updating).toMatchObject({ name: 'SessionError', code, message: 'what was found' })
      expect(asked()).toHaveLength(2)
    },
  )

  it.each(['store_unavailable', 'audit_unavailable', 'rate_limited', 'application_unknown', 'contract_mismatch'] as const)(
    'is unavailable with %s, once: nothing was written',
    async (code) => {
      const { gateway, switching, asked } = await based()
      const updating = rejection(switching())
      ;(await gateway.next()).refuse(code)
      expect(await updating).toMatchObject({ name: 'SessionUnavailableError', code, status: 503 })
      expect(asked()).toHaveLength(2)
    },
  )

  it.each([
    ['session_ended', 'session_ended', 'expired'],
    ['token_reused', 'token_reused', 'reused'],
    ['session_invalid', 'session_invalid', 'invalid'],
    ['token_invalid', 'token_missing', undefined],
  ] as const)('says that there is no session after %s', async (code, seen, reason) => {
    const { gateway, switching, open } = await based()
    const updating = rejection(switching())
    ;(await gateway.next()).refuse(code, reason && { reason })
    expect(await updating).toMatchObject({ name: 'SessionMissingError', code: seen, reason, status: 401 })
    if (reason) expect(await open().resolve()).toEqual({ status: 'ended', reason })
  })

  it('is refused here during an outage, although the route may be read', async () => {
    const { gateway, open, hold, asked } = await openScene({ defaults: { outageGrace: '10s' } })
    await hold(1)
    const updating = rejection(open({ method: 'POST' }).update('tenant.switch', switchTo('acme')))
    ;(await gateway.next()).disconnect()
    expect(await updating).toMatchObject({ name: 'SessionUnavailableError', code: 'store_unavailable' })
    expect(asked()).toHaveLength(2)
  })

  it.each([
    ['nobody', {}, 'token_missing'],
    ['another site', { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } }, 'cross_site'],
  ])('is refused here for %s', async (_title, head, code) => {
    const { open, token, asked } = await openScene()
    const shown = code === 'cross_site' ? { token } : { token: '' }
    expect(await rejection(open({ ...head, ...shown }).update('tenant.switch', switchTo('acme')))).toMatchObject({ code })
    expect(asked()).toEqual([])
  })
})

describe('a token that runs out while the handler works', () => {
  const successor = { token: 'a.b.c', expiresAt: '2026-11-21T10:10:00Z', document: documentOf(1), etag: etagOf(1) }

  it('is exchanged once, and the write is sent again with the token that the request came with', async () => {
    const { gateway, switching, token } = await based()
    const updating = switching()
    const first = await gateway.next()
    first.refuse('token_expired')
    const exchange = await gateway.next()
    expect([exchange.path, exchange.json]).toEqual(['/v1/session/token', { again: true }])
    exchange.answer(200, successor, { etag: etagOf(1) })
    const second = await gateway.next()
    expect([second.headers, second.body, second.headers['session-token']]).toEqual([first.headers, first.body, token])
    acknowledge(second, 2)
    expect(await updating).toMatchObject({ version: 2 })
  })

  it('is unavailable when it cannot be exchanged', async () => {
    const { gateway, switching } = await based()
    const updating = rejection(switching())
    ;(await gateway.next()).refuse('token_expired')
    ;(await gateway.next()).refuse('store_unavailable')
    expect(await updating).toMatchObject({ name: 'SessionUnavailableError' })
  })

  it('says that the session is over when the exchange says so', async () => {
    const { gateway, switching } = await based()
    const updating = rejection(switching())
    ;(await gateway.next()).refuse('token_expired')
    ;(await gateway.next()).refuse('session_ended', { reason: 'revoked' })
    expect(await updating).toMatchObject({ name: 'SessionMissingError', reason: 'revoked' })
  })

  it.each(['token_expired', 'token_replaced'] as const)('is never exchanged when it came as a bearer: %s', async (code) => {
    const { open, gateway, asked } = await openScene()
    const updating = rejection(open({ method: 'POST', as: 'bearer' }).update('tenant.switch', switchTo('acme')))
    show(await gateway.next(), 1)
    ;(await gateway.next()).refuse(code)
    expect(await updating).toMatchObject({ name: 'SessionMissingError', code: 'token_expired' })
    expect(asked().map(({ path }) => path)).toEqual(['/v1/session', '/v1/session'])
  })

  it('is not exchanged once it was replaced: the next request brings the newer one', async () => {
    const { gateway, switching, session, asked } = await based()
    const updating = rejection(switching())
    ;(await gateway.next()).refuse('token_replaced')
    expect(await updating).toMatchObject({ name: 'SessionUnavailableError', code: 'token_replaced', status: 503, retryAfterMs: 1_000 })
    expect(asked().map(({ path }) => path)).toEqual(['/v1/session', '/v1/session'])
    expect(session.denialFor(await updating)).toMatchObject({ status: 503, code: 'token_replaced' })
  })

  it('is found replaced by the exchange, where that happens in between', async () => {
    const { gateway, switching } = await based()
    const updating = rejection(switching())
    ;(await gateway.next()).refuse('token_expired')
    ;(await gateway.next()).refuse('token_replaced')
    expect(await updating).toMatchObject({ name: 'SessionUnavailableError', code: 'token_replaced' })
  })
})

describe('a write whose answer arrives after a newer read', () => {
  it('is acknowledged, and shows the newer document', async () => {
    const { gateway, switching, open } = await based()
    const updating = switching()
    const patch = await gateway.next()
    const reading = open().resolve()
    show(await gateway.next(), 3)
    await reading
    acknowledge(patch, 2)
    expect(await updating).toMatchObject({ version: 3 })
  })

  /** A write is acknowledged after a newer document was read here, and put out of the cache again. */
  async function acknowledgedBehindEviction() {
    const { gateway, open, tokenOf } = await openScene({ cache: { entries: 1 } })
    const other = await tokenOf({ sid: 'T'.repeat(43) })
    const updating = open({ method: 'POST' }).update('tenant.switch', switchTo('acme'))
    show(await gateway.next(), 1)
    const patch = await gateway.next()
    const reading = open().resolve()
    show(await gateway.next(), 3)
    await reading
    const evicting = open({ token: other }).resolve()
    show(await gateway.next(), 1, { id: 'T'.repeat(43) })
    await evicting
    acknowledge(patch, 2)
    return { updating, following: await gateway.next() }
  }

  it('is acknowledged by a read of its own where the newer document is no longer held', async () => {
    const { updating, following } = await acknowledgedBehindEviction()
    show(following, 4)
    expect(await updating).toMatchObject({ version: 4 })
  })

  it.each(['store_unavailable', 'token_expired', 'token_invalid'] as const)(
    'is never told to be refused because that read finds %s: it stands',
    async (code) => {
      const { updating, following } = await acknowledgedBehindEviction()
      const refused = rejection(updating)
      following.refuse(code)
      expect(await refused).toMatchObject({ name: 'SessionError', code: 'outcome_unknown' })
    },
  )
})

describe('publish', () => {
  it('sends the value without a condition', async () => {
    const { gateway, session } = await based()
    const publishing = session.publish('tenantChanged', { tenant: 'acme' })
    const call = await gateway.next()
    expect([call.method, call.path, call.json, call.headers['if-match']]).toEqual([
      ...['PUT', '/v1/session/signals/tenantChanged', { value: { tenant: 'acme' } }, undefined],
    ])
    acknowledge(call, 2, { signals: { tenantChanged: { value: { tenant: 'acme' }, remainingMs: 30_000 } } })
    await publishing
    expect(await session.get()).toMatchObject({ version: 2, signals: { tenantChanged: { tenant: 'acme' } } })
  })

  it.each([undefined, 1n, { tenant: 1n }])('refuses a value that JSON would lose or cannot carry, and sends nothing: %s', async (value) => {
    const { open, asked } = await based()
    await expect(open({ method: 'POST' }).publish('tenantChanged', value as never)).rejects.toThrow(
      new TypeError(`publish: expected a value that JSON can carry for 'tenantChanged', found ${typeof value}`),
    )
    expect(asked()).toHaveLength(1)
  })

  it('repeats a lost one with its key', async () => {
    const { gateway, session } = await based()
    const publishing = session.publish('tenantChanged', { tenant: 'acme' })
    const first = await gateway.next()
    first.lose()
    const second = await gateway.next()
    expect(second.headers['idempotency-key']).toBe(first.headers['idempotency-key'])
    acknowledge(second, 2)
    await publishing
  })
})

describe('signOut', () => {
  const gone = (call: ScriptedCall) => call.answer(200, { receipt, ended: 1 })

  it('ends the session, takes the cookie away and leaves nobody signed in', async () => {
    const { gateway, session } = await based()
    const leaving = session.signOut()
    const call = await gateway.next()
    expect([call.method, call.path, call.json]).toEqual(['DELETE', '/v1/session', { reason: 'sign_out' }])
    gone(call)
    await leaving
    expect(await session.resolve()).toEqual({ status: 'anonymous' })
    expect(session.headersFor()?.setCookie).toBe('__Host-session=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0')
  })

  it.each(['session_ended', 'token_reused', 'session_invalid', 'token_invalid'] as const)(
    'is as good when the gateway answers %s',
    async (code) => {
      const { gateway, session } = await based()
      const leaving = session.signOut()
      ;(await gateway.next()).refuse(code)
      await leaving
      expect(session.headersFor()?.setCookie).toContain('Max-Age=0')
    },
  )

  it('is repeated when the answer is lost, and found to be done', async () => {
    const { gateway, session } = await based()
    const leaving = session.signOut()
    ;(await gateway.next()).lose()
    ;(await gateway.next()).refuse('session_ended', { reason: 'revoked' })
    await leaving
    expect(await session.resolve()).toEqual({ status: 'anonymous' })
  })

  it('does not pass for done when only the token has expired: it is exchanged, and the session ended', async () => {
    const { gateway, session } = await based()
    const leaving = session.signOut()
    ;(await gateway.next()).refuse('token_expired')
    ;(await gateway.next()).answer(200, { token: 'a.b.c', document: documentOf(1) }, { etag: etagOf(1) })
    const again = await gateway.next()
    expect(again.method).toBe('DELETE')
    gone(again)
    await leaving
    expect(session.headersFor()?.setCookie).toContain('Max-Age=0')
  })

  it('does not pass for done when a bearer token has expired: it is not ours to exchange', async () => {
    const { open, gateway } = await openScene()
    const session = open({ method: 'POST', as: 'bearer' })
    const leaving = rejection(session.signOut())
    show(await gateway.next(), 1)
    ;(await gateway.next()).refuse('token_expired')
    expect(await leaving).toMatchObject({ name: 'SessionMissingError', code: 'token_expired' })
    expect(session.headersFor()?.setCookie).toBeNull()
  })

  it.each<[string, (call: ScriptedCall) => void, number, SessionErrorCode]>([
    ['the gateway is away', (call) => call.disconnect(), 1, 'store_unavailable'],
    ['the answers are lost', (call) => call.lose(), 3, 'outcome_unknown'],
    ['the store does not answer', (call) => call.refuse('store_unavailable'), 1, 'store_unavailable'],
  ])('leaves cookie and session alone when %s', async (_title, play, calls, code) => {
    const { gateway, session } = await based()
    const leaving = rejection(session.signOut())
    for (let tries = 0; tries < calls; tries += 1) play(await gateway.next())
    expect(await leaving).toMatchObject({ code, status: 503 })
    expect(session.headersFor()?.setCookie).toBeNull()
    expect((await session.resolve()).status).toBe('active')
  })

  it('takes the cookie of somebody who is not signed in', async () => {
    const { open } = await openScene()
    const session = open({ token: 'rubbish' })
    await session.signOut()
    expect(session.headersFor()?.setCookie).toContain('Max-Age=0')
  })

  it('is refused to another site', async () => {
    const { open, asked } = await openScene()
    const session = open({ method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } })
    expect(await rejection(session.signOut())).toMatchObject({ code: 'cross_site' })
    expect(session.headersFor()?.setCookie).toBeNull()
    expect(asked()).toEqual([])
  })

  it('wins over the successor of an exchange in the same request', async () => {
    const { open, gateway, clock } = await openScene()
    clock.advance(306_000)
    const session = open()
    const leaving = session.signOut()
    ;(await gateway.next()).answer(200, { token: 'a.b.c', document: documentOf(1) }, { etag: etagOf(1) })
    gone(await gateway.next())
    await leaving
    expect(session.headersFor()?.setCookie).toContain('Max-Age=0')
  })
})

describe("a person's other sessions", () => {
  const summary = { id: 'x', createdAt: '2026-11-21T10:00:00Z', lastExchangeAt: '2026-11-21T10:00:00Z', acr: null, current: false }

  it('are listed', async () => {
    const { gateway, session } = await based()
    const listing = session.listOthers()
    const call = await gateway.next()
    expect([call.method, call.path]).toEqual(['GET', '/v1/session/others'])
    call.answer(200, { sessions: [summary] })
    expect(await listing).toEqual([summary])
  })

  it('are ended, with a receipt', async () => {
    const { gateway, session } = await based()
    const ending = session.endOthers('lost_phone')
    const call = await gateway.next()
    expect([call.method, call.path, call.json]).toEqual(['DELETE', '/v1/session/others', { reason: 'lost_phone' }])
    call.answer(200, { receipt, ended: 2 })
    expect(await ending).toEqual(receipt)
  })

  it('are unavailable, not of unknown outcome, when a list does not come', async () => {
    const { gateway, session, asked } = await based()
    const listing = rejection(session.listOthers())
    ;(await gateway.next()).lose()
    expect(await listing).toMatchObject({ name: 'SessionUnavailableError', code: 'store_unavailable' })
    expect(asked()).toHaveLength(2)
  })

  it('are not for an application that is not granted them', async () => {
    const { gateway, session } = await based()
    const listing = rejection(session.listOthers())
    ;(await gateway.next()).refuse('application_denied')
    expect(await listing).toMatchObject({ code: 'application_denied', status: codes.application_denied.status })
  })
})

describe('an operator', () => {
  it('acts as the person of the request', async () => {
    const { client, gateway, session, token } = await based()
    const ending = client.operations.endSubject({ issuer: 'https://idp.test', subject: 'ada/1' }, 'incident', session)
    const call = await gateway.next()
    expect([call.method, call.path, call.headers['session-token']]).toEqual([
      ...['DELETE', '/v1/subjects/https%3A%2F%2Fidp.test/ada%2F1/sessions', token],
    ])
    call.answer(200, { receipt, ended: 3 })
    expect(await ending).toEqual({ receipt, ended: 3 })
  })

  it('asks for nothing about a subject whose name would lead out of its path', async () => {
    const { client, session, asked } = await based()
    const everybody = { issuer: '.', subject: '..' }
    for (const acting of [
      client.operations.list(everybody, session),
      client.operations.endSubject(everybody, 'incident', session),
      client.operations.refreshSubject(everybody, 'incident', session),
      client.operations.end('..', 'incident', session),
    ]) {
      expect(await rejection(acting)).toMatchObject({ code: 'request_invalid' })
    }
    expect(asked()).toHaveLength(1)
  })

  it('acts without a person where nobody is signed in', async () => {
    const { client, gateway, open } = await openScene()
    const ending = client.operations.end('x'.repeat(43), 'incident', open({ token: '' }))
    const call = await gateway.next()
    expect([call.path, call.headers['session-token']]).toEqual([`/v1/sessions/${'x'.repeat(43)}`, undefined])
    call.answer(200, { receipt, ended: 1 })
    expect(await ending).toEqual(receipt)
  })

  it('does not act for a request of another site', async () => {
    const { client, open, asked } = await openScene()
    const actor = open({ method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } })
    expect(await rejection(client.operations.end('x'.repeat(43), 'incident', actor))).toMatchObject({ code: 'cross_site' })
    expect(asked()).toEqual([])
  })

  it('does not act for a person whose session has ended, or cannot be known', async () => {
    const { client, open, gateway, asked } = await openScene()
    const unknown = rejection(client.operations.list({ issuer: 'i', subject: 's' }, open()))
    ;(await gateway.next()).disconnect()
    expect(await unknown).toMatchObject({ code: 'store_unavailable' })
    const ended = rejection(client.operations.list({ issuer: 'i', subject: 's' }, open()))
    ;(await gateway.next()).refuse('session_ended', { reason: 'expired' })
    expect(await ended).toMatchObject({ name: 'SessionMissingError', reason: 'expired' })
    expect(asked()).toHaveLength(2)
  })
})

describe('writes of one request at the same time', () => {
  it('are each conditional on what the request had read', async () => {
    const { gateway, session } = await based()
    const both = [session.update('tenant.switch', switchTo('a')), session.update('note.change', { 'context.note': 'b' })]
    const settled = Promise.allSettled(both)
    const [one, other] = [await gateway.next(), await gateway.next()]
    expect([one.headers['if-match'], other.headers['if-match']]).toEqual([etagOf(1), etagOf(1)])
    acknowledge(one, 2)
    other.refuse('version_conflict', { version: 2 })
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await turn()
    const reading = session.resolve()
    unchanged(await gateway.next())
    expect(await reading).toMatchObject({ version: 2 })
  })
})
