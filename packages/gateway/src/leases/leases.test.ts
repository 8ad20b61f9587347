import type { wire } from '@single-state/core/protocol'
import { describe, expect, it } from 'vitest'
import { manualTimers } from '../fixtures/manual-timers.ts'
import { authenticationOf, contract, openTestGateway, type Received, startMs } from '../fixtures/test-gateway.ts'
import { memoryStore } from '../stores/memory.ts'

/** A gateway that grants leases, on a clock that the test moves. */
async function open() {
  const { monotonic, timers, pass, untilWaiting } = manualTimers()
  const gateway = await openTestGateway({ live: true }, { timers, monotonic })
  const token = await gateway.signIn('ada')
  const { body, headers } = await gateway.read(token)
  /** Milliseconds that a call takes by the gateway's clock, up to 1,000, and what it answers; so many others wait already. */
  const timed = async (call: Promise<Received>, waitingBefore = 0) => {
    let answer: Received | undefined
    void call.then((received) => {
      answer = received
    })
    const isAnswered = () => answer !== undefined
    await untilWaiting(isAnswered, waitingBefore + 1)
    for (let ms = 0; ms < 1_000; ms += 5) {
      await pass(ms === 0 ? 0 : 5)
      await untilWaiting(isAnswered)
      if (answer) return { ms, ...answer }
    }
    throw new Error('the gateway did not answer')
  }
  const beat = (question: object) => timed(gateway.call('POST', '/v1/heartbeat', { as: 'billing', body: { process: 'p', ...question } }))
  /** The same for a write, while some process has not said that it has taken in anything. */
  const timedBeside = async (write: () => Promise<Received>, waitingBefore = 0) => {
    await beat({ epoch: '', since: 0, process: 'behind' })
    return timed(write(), waitingBefore)
  }
  return {
    ...gateway,
    token,
    id: body.document.id as string,
    etag: headers.get('etag') ?? '',
    beat,
    timed,
    timedBeside,
    pass,
    untilWaiting,
  }
}

const end = { reason: 'test.end' }

describe('a gateway that grants leases', () => {
  it('says so to its applications, with the name of its key set', async () => {
    const { call, beat, gateway } = await open()
    expect((await call('GET', '/v1/application', { as: 'billing' })).body.lease).toEqual({ heartbeatMs: 125, validMs: 500 })
    const { keys } = (await beat({ epoch: '', since: 0 })).body
    expect((await call('GET', '/.well-known/jwks.json')).body.hash).toBe(keys)
    expect(gateway.describe()).toContain('live: leases of 500ms, a write is acknowledged at most 515ms after it is stored')
  })

  it('names other keys after a rotation, and other grants after a change of the contract', async () => {
    const names = async (overrides: Parameters<typeof openTestGateway>[0]) => {
      const { call } = await openTestGateway({ live: true, ...overrides })
      return (await call('GET', '/.well-known/jwks.json')).body.hash.split('.')
    }
    const { applications } = contract
    const store = memoryStore()
    const [keys, grants] = await names({ store })
    const narrowed = { ...contract, applications: { ...applications, desk: { ...applications.desk, reads: ['context.tenant'] } } }
    expect(await names({ store, contract: narrowed as unknown as typeof contract })).toEqual([keys, expect.not.stringMatching(grants)])
    expect((await names({}))[1]).toBe(grants)
  })

  it('tells what has changed since, and to start anew where it cannot', async () => {
    const { beat, id, signIn } = await open()
    const begun = (await beat({ epoch: '', since: 0 })).body as wire.HeartbeatAnswer
    expect(begun).toMatchObject({ reset: true, seq: 1 })
    await signIn('bob')
    const { seq, epoch, changed } = (await beat({ epoch: begun.epoch, since: 1 })).body as wire.HeartbeatAnswer
    expect([seq, epoch, changed?.length]).toEqual([2, begun.epoch, 1])
    expect(changed).not.toContain(id)
    expect((await beat({ epoch: 'other', since: 1 })).body.reset).toBe(true)
    expect((await beat({ epoch, since: 9 })).body.reset).toBe(true)
  })

  it('takes heartbeats of every application, and nothing else for one', async () => {
    const { call, beat } = await open()
    const sent = { epoch: '', since: 0, process: 'p' }
    expect((await call('POST', '/v1/heartbeat', { body: sent })).body.code).toBe('application_unknown')
    for (const bad of [{ since: -1 }, { since: 0.5 }, { epoch: 'e'.repeat(129) }, { process: '' }, { more: 1 }]) {
      expect((await beat({ ...sent, ...bad })).body.code).toBe('request_invalid')
    }
    expect((await beat({ ...sent, epoch: 'e'.repeat(2_000) })).status).toBe(413)
  })

  it('does not write a line for every heartbeat', async () => {
    const { beat, logged } = await open()
    await beat({ epoch: '', since: 0 })
    expect(logged().filter(({ route }) => route === '/v1/heartbeat')).toEqual([])
  })
})

describe('every write waits 515 ms from the answer of the store, while a process is behind', () => {
  const switched = { reason: 'tenant.switch', set: { 'context.tenant': 'acme' } }

  it('a change, and its receipt says when it is effective everywhere', async () => {
    const { update, timedBeside, token, etag, advance } = await open()
    advance(1_000)
    const { ms, status, body, headers } = await timedBeside(() => update(token, etag))
    expect([ms, status]).toEqual([515, 200])
    // Longer than the wait: billing may have a session stale by 10 s.
    expect(body.receipt).toMatchObject({
      committedAt: new Date(startMs + 1_000).toISOString(),
      effectiveEverywhereAt: new Date(startMs + 11_000).toISOString(),
    })
    expect(headers.get('store-seq')).toBe('2')
  })

  it('a change that is to be answered as soon as it is stored does not', async () => {
    const { call, timed, token, etag } = await open()
    const patch = (body: object) =>
      call('PATCH', '/v1/session', { as: 'portal', token, body, headers: { 'If-Match': etag, 'Idempotency-Key': 'k' } })
    const hurried = { ...switched, settle: 'commit' }
    const { ms, status, body } = await timed(patch(hurried))
    expect([ms, status, body.document.version]).toEqual([0, 200, 2])
    expect((await timed(patch(hurried))).ms).toBe(0)
  })

  it('the repeat of a change, from its own look into the store', async () => {
    const { update, timedBeside, pass, untilWaiting, token, etag } = await open()
    const first = update(token, etag, undefined, { 'Idempotency-Key': 'k' })
    await untilWaiting()
    await pass(400)
    const repeat = await timedBeside(() => update(token, etag, undefined, { 'Idempotency-Key': 'k' }), 2)
    expect([repeat.ms, repeat.status, repeat.body.document.version]).toEqual([515, 200, 2])
    expect((await first).status).toBe(200)
    expect((await timedBeside(() => update(token, etag, undefined, { 'Idempotency-Key': 'k' }))).ms).toBe(515)
  })

  it('a signal, and its repeat', async () => {
    const { call, timedBeside, token } = await open()
    const publish = () =>
      call('PUT', '/v1/session/signals/tenantChanged', {
        as: 'portal',
        token,
        body: { value: { tenant: 'acme' } },
        headers: { 'Idempotency-Key': 'k' },
      })
    expect((await timedBeside(publish)).ms).toBe(515)
    expect((await timedBeside(publish)).ms).toBe(515)
  })

  it('an end, while reads are refused at once; and whoever asks again is told after as long', async () => {
    const { call, read, timedBeside, pass, untilWaiting, token } = await open()
    const ending = call('DELETE', '/v1/session', { as: 'portal', token, body: end })
    await untilWaiting()
    expect((await read(token)).body.code).toBe('session_ended')
    await pass(400)
    const again = await timedBeside(() => call('DELETE', '/v1/session', { as: 'portal', token, body: end }), 2)
    expect([again.ms, again.body.code]).toEqual([515, 'session_ended'])
    expect((await ending).status).toBe(200)
  })

  it('the end of the others, also where there are none', async () => {
    const { call, timedBeside, token, signIn } = await open()
    await signIn('ada')
    const endOthers = () => timedBeside(() => call('DELETE', '/v1/session/others', { as: 'portal', token, body: end }))
    expect(await endOthers()).toMatchObject({ ms: 515, body: { ended: 1 } })
    expect(await endOthers()).toMatchObject({ ms: 515, body: { ended: 0 } })
  })

  it('what an operator ends: one, one that was over, all of a person, everybody', async () => {
    const { call, timedBeside, id } = await open()
    const remove = (path: string, more: object = {}) => timedBeside(() => call('DELETE', path, { as: 'admin', body: { ...end, ...more } }))
    expect(await remove(`/v1/sessions/${id}`)).toMatchObject({ ms: 515, body: { ended: 1 } })
    expect(await remove(`/v1/sessions/${id}`)).toMatchObject({ ms: 515, body: { ended: 0 } })
    expect((await remove('/v1/subjects/urn:single-state:development-people/ada/sessions')).ms).toBe(515)
    expect(await remove('/v1/sessions', { confirm: 'end-all' })).toMatchObject({ ms: 515, status: 200 })
  })

  it('a sign-out at the gateway', async () => {
    const { gateway, timedBeside, token } = await open()
    const request = () =>
      new Request('http://localhost:4400/logout', {
        method: 'POST',
        headers: {
          cookie: `__Host-session=${token}`,
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
        },
      })
    const post = async (): Promise<Received> => {
      const { status, headers } = await gateway.fetch(request())
      return { status, headers, body: null }
    }
    expect(await timedBeside(post)).toMatchObject({ ms: 515, status: 302 })
    expect(await timedBeside(post)).toMatchObject({ ms: 515, status: 302 })
  })

  it('a sign-out with a copy of a token that was replaced long ago, which ends the session for reuse', async () => {
    const { gateway, exchange, read, timedBeside, token, advance, audit } = await open()
    const second = (await exchange(token)).body.token as string
    await read(second)
    advance(10_000)
    const post = async (): Promise<Received> => {
      const headers = { cookie: `__Host-session=${token}`, 'sec-fetch-site': 'same-origin' }
      const answer = await gateway.fetch(new Request('http://localhost:4400/logout', { method: 'POST', headers }))
      return { status: answer.status, headers: answer.headers, body: null }
    }
    expect(await timedBeside(post)).toMatchObject({ ms: 515, status: 302 })
    expect((await audit()).at(-1)).toMatchObject({ operation: 'exchange', reason: 'token_reused' })
    expect((await read(second)).body).toMatchObject({ code: 'session_ended', reason: 'reused' })
  })

  it('but no refusal, no sign-in and no exchange', async () => {
    const { update, exchange, timed, token, gateway } = await open()
    expect(await timed(update(token, '"9-aaaaaaaa.p"'))).toMatchObject({ ms: 0, status: 412 })
    expect(await timed(exchange(token))).toMatchObject({ ms: 0, status: 200 })
    expect((await gateway.startSession(authenticationOf('bob'))).kind).toBe('started')
  })

  it('nor the end of a session whose token was used again after it was replaced', async () => {
    const { exchange, timed, token } = await open()
    const second = (await exchange(token)).body.token as string
    await exchange(second)
    expect(await timed(exchange(token))).toMatchObject({ ms: 0, body: { code: 'token_reused' } })
  })
})

describe('a gateway without leases', () => {
  it('says so, has no heartbeats, and acknowledges a write at once', async () => {
    const { timers, monotonic } = manualTimers()
    const { call, update, read, signIn } = await openTestGateway({ live: false }, { timers, monotonic })
    const token = await signIn('ada')
    expect((await call('GET', '/v1/application', { as: 'billing' })).body.lease).toBeNull()
    const refused = await call('POST', '/v1/heartbeat', { as: 'billing', body: { epoch: '', since: 0, process: 'p' } })
    expect([refused.status, refused.body.code]).toEqual([404, 'not_found'])
    expect((await update(token, (await read(token)).headers.get('etag'))).status).toBe(200)
  })
})
