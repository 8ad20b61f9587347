import { describe, expect, it } from 'vitest'
import { openTestGateway } from '../fixtures/test-gateway.ts'

describe('POST /v1/session/token', () => {
  it('answers with the successor and the document, and changes neither version nor place in the store', async () => {
    const { signIn, exchange, read, advance, now } = await openTestGateway()
    const token = await signIn()
    advance(150_000)
    const { status, body, headers } = await exchange(token)
    expect(status).toBe(200)
    expect(body.token).not.toBe(token)
    expect(body.expiresAt).toBe(new Date(Math.floor((now() + 300_000) / 1_000) * 1_000).toISOString())
    expect(body.document).toMatchObject({ version: 1, identity: { subject: 'ada' } })
    expect(headers.get('etag')).toBe(body.etag)
    expect(headers.get('store-seq')).toBe('1')
    expect((await read(body.token)).headers.get('etag')).toBe(body.etag)
  })

  it('accepts a token that has expired', async () => {
    const { signIn, exchange, read, advance } = await openTestGateway()
    const token = await signIn()
    advance(1_200_000)
    const { body } = await exchange(token)
    expect((await read(body.token)).status).toBe(200)
  })

  it('gives the same generation again to a request that lost its answer', async () => {
    const { signIn, exchange, store } = await openTestGateway()
    const token = await signIn()
    const [first, second] = [await exchange(token), await exchange(token)]
    expect([first.status, second.status]).toEqual([200, 200])
    const { records } = await store.read([first.body.document.id])
    expect(records[0]?.generation).toBe(2)
  })

  it('is confirmed by the first write that shows the successor, in the same step', async () => {
    const { signIn, exchange, update, store, advance, now } = await openTestGateway()
    const token = await signIn()
    const { body } = await exchange(token)
    advance(1_000)
    await update(body.token, body.etag)
    const { records } = await store.read([body.document.id])
    expect(records[0]).toMatchObject({ version: 2, generation: 2, confirmedAtMs: now() })
  })

  it('ends the session when a token is shown that was replaced before, and audits it', async () => {
    const { signIn, exchange, read, advance, audit } = await openTestGateway()
    const stolen = await signIn()
    const { token } = (await exchange(stolen)).body
    await read(token)
    advance(10_000)
    const reused = await exchange(stolen)
    expect([reused.status, reused.body.code, reused.body.reason]).toEqual([401, 'token_reused', 'reused'])
    expect((await read(token)).body).toMatchObject({ code: 'session_ended', reason: 'reused' })
    expect((await audit()).at(-1)).toMatchObject({ operation: 'exchange', reason: 'token_reused', application: 'portal' })
  })

  it('keeps a session alive that is used, and no longer than its absolute end', async () => {
    const { signIn, exchange, read, advance } = await openTestGateway()
    let token = await signIn()
    for (let minutes = 0; minutes < 720 - 29; minutes += 29) {
      advance(29 * 60_000)
      token = (await exchange(token)).body.token
      expect((await read(token)).status).toBe(200)
    }
    advance(29 * 60_000)
    expect((await exchange(token)).body).toMatchObject({ code: 'session_ended', reason: 'expired' })
  })

  it('issues no token that outlives its session', async () => {
    const { signIn, exchange, advance } = await openTestGateway()
    let { body } = await exchange(await signIn())
    for (let minutes = 0; minutes < 700; minutes += 25) {
      advance(25 * 60_000)
      body = (await exchange(body.token)).body
    }
    advance(19 * 60_000)
    const { body: last } = await exchange(body.token)
    expect(Date.parse(last.expiresAt)).toBeLessThanOrEqual(Date.parse(last.document.expiresAt))
  })

  it('says that the session is over when an old token names one that was swept away', async () => {
    const { signIn, exchange, store, advance, now } = await openTestGateway()
    const token = await signIn()
    advance(86_400_000)
    await store.sweep({ endedBeforeMs: now(), auditBeforeMs: 0, limit: 10 })
    expect((await exchange(token)).body).toMatchObject({ code: 'session_ended', reason: 'expired' })
  })
})
