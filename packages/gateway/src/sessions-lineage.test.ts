import { describe, expect, it } from 'vitest'
import { createBrowser } from '../test/browser.ts'
import { loginUrl, portal, sessionCookie, sessionToken } from '../test/login-harness.ts'
import { issuer, openTestGateway, origin, startMs } from './fixtures/test-gateway.ts'
import { memoryStore } from './stores/memory.ts'
import type { SessionRecord, SessionStore } from './stores/store.ts'

// The lines of tokens at the wire, by the names of the requirements; "rotated" is read as "confirmed". T-ROT-6, about cookies, is
// in the adapter contract.

const graceMs = 10_000

/** A session whose token has been exchanged, and whose successor has been shown. */
async function openConfirmed() {
  const gateway = await openTestGateway()
  const first = await gateway.signIn()
  const { body } = await gateway.exchange(first)
  expect((await gateway.read(body.token)).status).toBe(200)
  return { ...gateway, first, second: body.token as string, id: body.document.id as string }
}

const reused = { code: 'token_reused', reason: 'reused' }
const ended = { code: 'session_ended', reason: 'reused' }

describe('a line of tokens', () => {
  it('T-ROT-1: 50 exchanges at once make one generation, and 50 successors of it that are all good', async () => {
    const { signIn, exchange, read, store } = await openTestGateway()
    const token = await signIn()
    const answers = await Promise.all(Array.from({ length: 50 }, () => exchange(token)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const { records } = await store.read([answers[0]?.body.document.id])
    expect(records[0]?.generation).toBe(2)
    for (const { body } of answers) expect((await read(body.token)).status).toBe(200)
  })

  it('T-ROT-2: a replaced token is good for 10 s after its successor was first shown, then ends the session', async () => {
    const { exchange, read, advance, first, second } = await openConfirmed()
    advance(graceMs - 1)
    expect((await exchange(first)).status).toBe(200)
    advance(1)
    expect((await exchange(first)).body).toMatchObject(reused)
    expect((await read(second)).body).toMatchObject(ended)
    expect((await exchange(second)).body).toMatchObject(ended)
  })

  it('T-ROT-2: and has no such end while nobody has shown the successor', async () => {
    const { signIn, exchange, advance } = await openTestGateway()
    const token = await signIn()
    await exchange(token)
    advance(20 * 60_000)
    expect((await exchange(token)).status).toBe(200)
  })

  it('T-ROT-3: a token of two generations back ends the session, inside the 10 s too', async () => {
    const { exchange, read, first, second } = await openConfirmed()
    const third = (await exchange(second)).body.token
    expect((await exchange(first)).body).toMatchObject(reused)
    expect((await read(third)).body).toMatchObject(ended)
  })

  it('T-ROT-4: whoever lost the answer of an exchange exchanges again and has the same successor', async () => {
    const { signIn, exchange, read, store } = await openTestGateway()
    const token = await signIn()
    const lost = await exchange(token)
    const again = await exchange(token)
    const { records } = await store.read([again.body.document.id])
    expect(records[0]?.generation).toBe(2)
    expect((await read(again.body.token)).status).toBe(200)
    expect((await read(lost.body.token)).status).toBe(200)
  })

  it('T-ROT-5: a thief and the owner of a token cannot both go on: the second exchange of either ends the session', async () => {
    for (const order of ['thief first', 'owner first']) {
      const { exchange, read, advance, second: stolen } = await openConfirmed()
      const one = (await exchange(stolen)).body.token
      expect([order, (await read(one)).status]).toEqual([order, 200])
      advance(graceMs)
      expect([order, (await exchange(stolen)).body.code]).toEqual([order, 'token_reused'])
      expect([order, (await read(one)).body.code]).toEqual([order, 'session_ended'])
    }
  })

  it('is found out once: the exchanges after it find the session ended, and the audit and the counters one end', async () => {
    const { exchange, advance, first, audit, call } = await openConfirmed()
    advance(graceMs)
    const codes = []
    for (let attempt = 0; attempt < 5; attempt += 1) codes.push((await exchange(first)).body.code)
    expect(codes).toEqual(['token_reused', ...Array(4).fill('session_ended')])
    expect((await audit()).filter(({ reason }) => reason === 'token_reused')).toHaveLength(1)
    const { body } = await call('GET', '/metrics', { as: 'admin' })
    expect(body).toContain('single_state_ends_total{why="reused"} 1\n')
  })

  it('is found out once, however many exchange the copy at once', async () => {
    const { exchange, advance, first } = await openConfirmed()
    advance(graceMs)
    const codes = (await Promise.all(Array.from({ length: 50 }, () => exchange(first)))).map(({ body }) => body.code)
    expect(codes.filter((code) => code === 'token_reused')).toHaveLength(1)
    expect(codes.filter((code) => code === 'session_ended')).toHaveLength(49)
  })
})

describe('a login', () => {
  async function openBrowser() {
    const gateway = await openTestGateway()
    const browser = createBrowser({ [origin]: gateway.gateway.fetch, [portal]: () => new Response('the portal') })
    const signIn = async (subject = 'ada') => browser.submit(await browser.open(loginUrl(portal)), { subject })
    return { ...gateway, browser, signInAs: signIn }
  }

  it('T-724: makes a new id every time, and the token from before it is dead', async () => {
    const { browser, signInAs, read, exchange } = await openBrowser()
    const ids = new Set<string>()
    let before: string | null = null
    for (let times = 0; times < 5; times += 1) {
      await signInAs()
      const token = sessionToken(browser) ?? ''
      ids.add((await read(token)).body.document.id)
      if (before !== null) {
        expect((await read(before)).body).toMatchObject({ code: 'session_ended', reason: 'revoked' })
        expect((await exchange(before)).body).toMatchObject({ code: 'session_ended', reason: 'revoked' })
      }
      before = token
    }
    expect(ids.size).toBe(5)
  })

  it('T-724: in a browser where somebody has planted their own token gives them nothing: their session ends', async () => {
    const { browser, signInAs, signIn, read, store } = await openBrowser()
    const planted = await signIn('bob')
    browser.jar.set(origin, sessionCookie, planted)
    await signInAs('ada')
    const own = sessionToken(browser) ?? ''
    expect(own).not.toBe(planted)
    expect((await read(own)).body.document.identity.subject).toBe('ada')
    expect((await read(planted)).body.code).toBe('session_ended')
    expect((await store.listBySubject({ issuer, subject: 'bob' })).records).toEqual([])
  })

  it.each(['not a token', `${'a'.repeat(40)}.${'b'.repeat(40)}.${'c'.repeat(40)}`])('takes a planted %j for none', async (planted) => {
    const { browser, signInAs, read } = await openBrowser()
    browser.jar.set(origin, sessionCookie, planted)
    await signInAs()
    expect((await read(sessionToken(browser) ?? '')).status).toBe(200)
  })

  it('with a token that was replaced long ago ends its session for reuse, as an exchange does, and carries nothing over', async () => {
    const { browser, signInAs, signIn, call, exchange, read, advance, audit } = await openBrowser()
    const stolen = await signIn('ada')
    const { headers } = await read(stolen, 'desk')
    const body = { reason: 'context.reset', set: { context: { tenant: 'acme', locale: 'de' } } }
    await call('PATCH', '/v1/session', { as: 'desk', token: stolen, body, headers: { 'If-Match': headers.get('etag') ?? '' } })
    const owner = (await exchange(stolen)).body.token
    await read(owner)
    advance(graceMs)
    browser.jar.set(origin, sessionCookie, stolen)
    await signInAs('ada')
    expect((await read(owner)).body).toMatchObject(ended)
    expect((await read(sessionToken(browser) ?? '')).body.document.context.locale).toBe('en')
    expect((await audit()).filter(({ reason }) => reason === 'token_reused')).toHaveLength(1)
  })

  it('ends nothing because of a primary that was replaced: whether a token is a copy is decided together with the end', async () => {
    const memory = memoryStore({ clock: () => startMs })
    let isBehind = false
    const store: SessionStore = {
      ...memory,
      async read(ids) {
        const { records, ...position } = await memory.read(ids)
        const before = (record: SessionRecord | null) => record && { ...record, generation: record.generation - 1 }
        return { records: isBehind ? records.map(before) : records, ...position }
      },
    }
    const { signIn, exchange, read } = await openTestGateway({ store })
    const { token } = (await exchange(await signIn())).body
    isBehind = true
    expect((await read(token)).body.code).toBe('store_unavailable')
    await signIn('ada', {}, token)
    isBehind = false
    expect((await read(token)).status).toBe(200)
  })
})

describe('the limit of sessions of a person', () => {
  const many = async (onOverflow: 'deny' | 'end-oldest') => {
    const gateway = await openTestGateway({ sessionsPerSubject: { max: 5, onOverflow } })
    const starts = await Promise.all(
      Array.from({ length: 50 }, () =>
        gateway.signIn().then(
          () => 'started',
          (error: Error) => error.message,
        ),
      ),
    )
    const { records } = await gateway.store.listBySubject({ issuer, subject: 'ada' })
    return { starts, living: records.length, audit: await gateway.audit() }
  }

  it('T-712: of 50 logins at once 5 live, and the audit says why the others were refused', async () => {
    const { starts, living, audit } = await many('deny')
    expect(living).toBe(5)
    expect(starts.filter((start) => start === 'started')).toHaveLength(5)
    expect(starts.filter((start) => start.includes('too_many_sessions'))).toHaveLength(45)
    const denied = audit.filter(({ outcome }) => outcome === 'denied')
    expect(denied).toHaveLength(45)
    for (const record of denied) expect(record).toMatchObject({ operation: 'create', reason: 'session.limit', subject: `${issuer} ada` })
  })

  it('T-712: or of 50 the newest 5 live, and the audit says why the others ended', async () => {
    const { starts, living, audit } = await many('end-oldest')
    expect(living).toBe(5)
    expect(new Set(starts)).toEqual(new Set(['started']))
    expect(audit.filter(({ operation, reason }) => operation === 'end' && reason === 'session.limit')).toHaveLength(45)
  })
})
