import { createSessionClient, isSessionError } from '@single-state/core'
import { afterEach, describe, expect, it } from 'vitest'
import { createTestGateway, type TestGateway } from '../../testing/src/test-gateway.ts'
import { acme } from '../src/fixtures/acme.ts'

// Requests that take so long that their browser has moved on, over the real gateway in one process. Tokens live for 5 min,
// and for 5 s more where clocks differ.

const person = { entitlements: { plan: 'pro' as const, roles: ['admin'] }, context: { tenant: 'acme' } }
const open: TestGateway<typeof acme>[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((gateway) => gateway.close()))
})

async function start() {
  const gateway = await createTestGateway(acme, { person })
  open.push(gateway)
  const client = createSessionClient(acme, gateway.optionsFor('portal'))
  const session = await gateway.signIn()
  const { url } = await gateway.request('portal', { session })
  const at = (cookie = session.cookie, method = 'POST') =>
    client.open({ method, url, headers: new Headers({ cookie, 'sec-fetch-site': 'same-origin' }) })
  /** Another tab: it gets the successor of a token, and shows it. Answers the cookie that the browser has then. */
  async function moveOn(cookie = session.cookie): Promise<string> {
    const answered = at(cookie, 'GET')
    expect(await answered.resolve()).toMatchObject({ status: 'active' })
    const next = cookieSetBy(answered) as string
    expect(await at(next, 'GET').resolve()).toMatchObject({ status: 'active' })
    return next
  }
  const isAlive = async (cookie: string) =>
    [(await at(cookie, 'GET').resolve()).status, (await gateway.inspect(session)).ended].join() === 'active,'
  return { gateway, client, session, at, moveOn, isAlive, advance: gateway.clock.advance }
}

type Act = readonly [name: string, act: (session: Session) => Promise<unknown>]
type Session = ReturnType<Awaited<ReturnType<typeof start>>['at']>

function cookieSetBy(session: Pick<Session, 'headersFor'>): string | null {
  return session.headersFor()?.setCookie?.split(';', 1)[0] ?? null
}

async function outcomeOf(act: Promise<unknown>): Promise<unknown> {
  return act.then(
    () => 'done',
    (error: unknown) => (isSessionError(error) ? [error.name, error.code, error.status] : error),
  )
}

const replaced = ['SessionUnavailableError', 'token_replaced', 503]
const settle = { 'context.tenant': 'other' }

describe('a page that comes long after its proxy', () => {
  it('ends nothing with the token that the proxy has shown already, though its browser has moved on', async () => {
    const { client, gateway, session, advance, moveOn, isAlive } = await start()
    advance('6m')
    const newer = await moveOn()
    advance('12s')
    const { url } = await gateway.request('portal', { session })
    const page = client.open({ method: 'GET', url, headers: new Headers({ cookie: session.cookie }), shownBefore: true })
    expect(await page.resolve()).toMatchObject({ status: 'unavailable', code: 'token_replaced' })
    expect(await isAlive(newer)).toBe(true)
  })
})

describe('a slow request whose token was replaced while it was handled', () => {
  const writes: readonly Act[] = [
    ['a change', (session) => session.update('tenant.switch', settle)],
    ['a change that is decided from the session', (session) => session.update('tenant.switch', () => settle)],
    ['a signal', (session) => session.publish('tenantChanged', { tenant: 'other' })],
    ["a list of the person's sessions", (session) => session.listOthers()],
    ["an end of the person's other sessions", (session) => session.endOthers('sign_out')],
    ['a sign-out', (session) => session.signOut()],
  ]
  const rereading: Act = ['a read that asks for more', (session) => session.get({ atLeast: 2 })]

  describe.each([...writes, rereading])('%s', (_, act) => {
    it('is told to come again where the token had expired before it came in', async () => {
      const { at, advance, moveOn, isAlive } = await start()
      advance('6m')
      const slow = at()
      expect((await slow.resolve()).status).toBe('active')
      const newer = await moveOn()
      advance('12s')
      expect(await outcomeOf(act(slow))).toEqual(replaced)
      expect(await isAlive(newer)).toBe(true)
    })

    it('is told to come again where the token has expired since', async () => {
      const { at, advance, moveOn, isAlive } = await start()
      advance('140s')
      const slow = at()
      expect((await slow.resolve()).status).toBe('active')
      advance('20s')
      const newer = await moveOn()
      advance('150s')
      expect(await outcomeOf(act(slow))).toEqual(replaced)
      expect(await isAlive(newer)).toBe(true)
    })

    it('is told to come again where its browser is two tokens ahead', async () => {
      const { at, advance, moveOn, isAlive } = await start()
      advance('6m')
      const slow = at()
      expect((await slow.resolve()).status).toBe('active')
      const second = await moveOn()
      advance('151s')
      const third = await moveOn(second)
      expect(await outcomeOf(act(slow))).toEqual(replaced)
      expect(await isAlive(third)).toBe(true)
    })
  })

  describe.each(writes)('%s', (_, act) => {
    it('is done within 10 s after its browser has shown the newer one', async () => {
      const { at, advance, moveOn } = await start()
      advance('6m')
      const slow = at()
      await slow.resolve()
      await moveOn()
      advance(9_999)
      expect(await outcomeOf(act(slow))).toBe('done')
    })

    it('is done where nobody has shown the newer one, however long it takes', async () => {
      const { at, advance } = await start()
      advance('6m')
      const slow = at()
      await slow.resolve()
      advance('10m')
      expect(await outcomeOf(act(slow))).toBe('done')
    })
  })

  it.each([
    ['is due', '20s', { status: 'active', source: 'gateway' }],
    ['has expired', '150s', { status: 'unavailable', code: 'token_replaced' }],
  ] as const)('reads afresh what it had from memory without harm to the session, where its token %s', async (_, later, expected) => {
    const { at, advance, moveOn, isAlive } = await start()
    advance('140s')
    await at().resolve()
    const slow = at()
    expect(await slow.resolve({ freshness: { maxAge: '5s' } })).toMatchObject({ source: 'snapshot' })
    advance('20s')
    const newer = await moveOn()
    advance(later)
    expect(await slow.resolve({ freshness: 'strict' })).toMatchObject(expected)
    expect(await isAlive(newer)).toBe(true)
  })

  it('is not answered with a session by a first read that comes late: the browser has moved on', async () => {
    for (const age of ['6m', '160s'] as const) {
      const { at, advance, moveOn, isAlive } = await start()
      advance(age)
      const upload = at()
      const newer = await moveOn()
      advance('12s')
      const late = await upload.resolve()
      expect(late).toMatchObject(age === '6m' ? { status: 'unavailable', code: 'token_replaced' } : { status: 'active' })
      expect(cookieSetBy(upload)).toBeNull()
      expect(await isAlive(newer)).toBe(true)
    }
  })

  it('decides once more after a conflict, as long as its token is good', async () => {
    const { at, advance, moveOn, isAlive } = await start()
    advance('6m')
    const slow = at()
    await slow.resolve()
    const newer = await moveOn()
    advance('8s')
    let decisions = 0
    const deciding = slow.update('tenant.switch', async () => {
      decisions += 1
      if (decisions === 1) await at(newer).update('tenant.switch', { 'context.tenant': 'first' })
      return settle
    })
    expect(await outcomeOf(deciding)).toBe('done')
    expect(decisions).toBe(2)
    expect(await isAlive(newer)).toBe(true)
  })

  it('is told to come again where the token was replaced between two decisions', async () => {
    const { at, advance, moveOn, isAlive } = await start()
    advance('6m')
    const slow = at()
    await slow.resolve()
    const newer = await moveOn()
    advance('8s')
    const deciding = slow.update('tenant.switch', async ({ context }) => {
      if (context.tenant === 'acme') await at(newer).update('tenant.switch', { 'context.tenant': 'first' })
      else advance('5s')
      return settle
    })
    expect(await outcomeOf(deciding)).toEqual(replaced)
    expect(await isAlive(newer)).toBe(true)
  })
})

describe('a token that comes in after it was replaced', () => {
  it('ends the session all the same: every request begins with an exchange that can find a copy', async () => {
    const { session, at, advance, moveOn, gateway } = await start()
    advance('6m')
    await moveOn()
    advance('12s')
    expect(await at(session.cookie, 'GET').resolve()).toEqual({ status: 'ended', reason: 'reused' })
    expect((await gateway.inspect(session)).ended).toBe('reused')
  })
})

describe('an answer that is written late', () => {
  it('does not take the browser back to a token that was replaced since', async () => {
    const { at, advance, moveOn, isAlive } = await start()
    advance('150s')
    const slow = at(undefined, 'GET')
    expect((await slow.resolve()).status).toBe('active')
    const second = await moveOn()
    advance('151s')
    const third = await moveOn(second)
    advance('11s')
    expect(cookieSetBy(slow)).toBeNull()
    expect(await isAlive(third)).toBe(true)
  })

  it('carries the successor for 10 s; the next request makes it again', async () => {
    const { at, advance, isAlive } = await start()
    advance('6m')
    const [quick, slow] = [at(undefined, 'GET'), at(undefined, 'GET')]
    await Promise.all([quick.resolve(), slow.resolve()])
    advance(9_999)
    expect(cookieSetBy(quick)).not.toBeNull()
    advance(1)
    expect(cookieSetBy(slow)).toBeNull()
    advance('10m')
    const next = at(undefined, 'GET')
    expect((await next.resolve()).status).toBe('active')
    expect(await isAlive(cookieSetBy(next) as string)).toBe(true)
  })

  it('takes the cookie away after a sign-out, however late it is', async () => {
    const { at, advance } = await start()
    const leaving = at()
    await leaving.signOut()
    advance('1m')
    expect(leaving.headersFor()?.setCookie).toContain('Max-Age=0')
  })
})
