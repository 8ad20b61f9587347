import assert from 'node:assert/strict'
import { moments } from '../moments.ts'
import type { Group } from './suite.ts'

/** Only login, sign-out and exchange set or clear the cookie. */
export const cookies: Group = (holds) => {
  holds('sets no cookie while the token is young', async ({ ask, gateway }) => {
    assert.deepEqual((await ask('GET /required', { session: await gateway.signIn() })).setCookies, [])
  })

  holds('hands the browser a successor at half life, which is used from then on', async ({ ask, gateway }) => {
    const session = await moments.tokenHalfway(gateway)
    const answer = await ask('GET /required', { session })
    assert.equal(answer.status, 200)
    assert.equal(answer.setCookies.length, 1)
    assert.match(answer.setCookies[0] ?? '', /^__Host-session=[\w.-]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    assert.notEqual(answer.cookie, session.cookie)
    const next = await ask('GET /required', { session: { cookie: answer.cookie as string } })
    assert.deepEqual([next.status, next.setCookies], [200, []])
  })

  holds('hands one to a visitor of a route that requires nothing, too', async ({ ask, gateway }) => {
    assert.notEqual((await ask('GET /whoami', { session: await moments.tokenHalfway(gateway) })).cookie, null)
    assert.notEqual((await ask('GET /resolved', { session: await moments.tokenHalfway(gateway) })).cookie, null)
  })

  holds('hands one over with a refusal, too', async ({ ask, gateway }) => {
    const answer = await ask('GET /admins', { session: await moments.tokenHalfway(gateway) })
    assert.equal(answer.status, 403)
    assert.notEqual(answer.cookie, null)
  })

  holds('exchanges a token that has expired', async ({ ask, gateway }) => {
    const answer = await ask('GET /required', { session: await moments.tokenExpired(gateway) })
    assert.equal(answer.status, 200)
    assert.notEqual(answer.cookie, null)
  })

  holds('keeps two tabs signed in that exchange the same token at once', async ({ ask, gateway }) => {
    const session = await moments.tokenHalfway(gateway)
    const tabs = await Promise.all([ask('GET /required', { session }), ask('GET /required', { session })])
    for (const { status, cookie } of tabs) {
      assert.equal(status, 200)
      assert.equal((await ask('GET /required', { session: { cookie: cookie as string } })).status, 200)
    }
  })

  holds(
    'T-ROT-6: no answer of those who lost an exchange, or were refused one, clears the cookie or sets it back',
    async ({ ask, gateway }) => {
      const session = await moments.tokenHalfway(gateway)
      const tenAtOnce = () => Promise.all(Array.from({ length: 10 }, () => ask('GET /required', { session })))
      const newest = (await ask('GET /required', { session })).cookie as string
      await ask('GET /required', { session: { cookie: newest } })
      gateway.clock.advance('9s')
      for (const { status, setCookies } of await tenAtOnce()) {
        assert.equal(status, 200)
        // None where the exchange takes longer than an answer waits for it.
        for (const cookie of setCookies) assert.equal(generationOf(cookie), generationOf(newest))
      }
      gateway.clock.advance('1s')
      for (const { status, setCookies } of await tenAtOnce()) assert.deepEqual([status, setCookies], [401, []])
    },
  )

  holds('T-ROT-6: no answer that is written late sets the cookie back', async ({ ask, gateway, gate }) => {
    const session = await moments.tokenHalfway(gateway)
    const slow = ask('GET /paused', { session })
    await gate.waiting(1)
    let newest = session.cookie
    for (let moves = 0; moves < 2; moves += 1) {
      newest = (await ask('GET /required', { session: { cookie: newest } })).cookie as string
      assert.equal((await ask('GET /required', { session: { cookie: newest } })).status, 200)
      gateway.clock.advance(gateway.contract.lifetime.tokenMs / 2)
    }
    gate.open()
    const late = await slow
    assert.deepEqual([late.status, late.setCookies], [200, []])
    assert.equal((await ask('GET /required', { session: { cookie: newest } })).status, 200)
  })

  holds('never clears the cookie because a session has ended', async ({ ask, gateway }) => {
    const revoked = await gateway.signIn()
    await gateway.revokeNow(revoked)
    for (const session of [revoked, await moments.idleOver(gateway), await moments.absoluteOver(gateway)]) {
      assert.deepEqual((await ask('GET /required', { session })).setCookies, [])
      assert.deepEqual((await ask('GET /whoami', { session })).setCookies, [])
    }
  })

  holds('ends the session of a token that is used long after it was replaced, and leaves the cookie', async ({ ask, gateway }) => {
    const session = await moments.tokenHalfway(gateway)
    const { cookie } = await ask('GET /required', { session })
    await ask('GET /required', { session: { cookie: cookie as string } })
    gateway.clock.advance('11s')
    const copied = await ask('GET /required', { session })
    assert.deepEqual([copied.status, copied.problem.reason, copied.setCookies], [401, 'reused', []])
    assert.equal((await ask('GET /required', { session: { cookie: cookie as string } })).status, 401)
  })

  holds('never clears a cookie that it does not understand', async ({ ask }) => {
    for (const value of ['', 'garbage', 'a.b.c']) {
      const answer = await ask('GET /whoami', { session: { cookie: `__Host-session=${value}` } })
      assert.deepEqual([answer.status, answer.body, answer.setCookies], [200, { session: null }, []])
    }
  })

  holds('clears the cookie with a sign-out, and ends the session everywhere', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    const answer = await ask('POST /sign-out', { session })
    assert.deepEqual([answer.status, answer.body], [200, { session: null }])
    assert.deepEqual(answer.setCookies, ['__Host-session=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0'])
    assert.equal((await gateway.inspect(session)).ended, 'revoked')
    assert.equal((await ask('GET /required', { session })).status, 401)
  })

  holds('signs out whose token is due for exchange or has expired: no successor comes with it', async ({ ask, gateway }) => {
    for (const moment of [moments.tokenHalfway, moments.tokenExpired]) {
      const session = await moment(gateway)
      const answer = await ask('POST /sign-out', { session })
      assert.equal(answer.status, 200)
      assert.equal(answer.setCookies.length, 1)
      assert.match(answer.setCookies[0] ?? '', /^__Host-session=; .*Max-Age=0$/)
      assert.equal((await gateway.inspect(session)).ended, 'revoked')
    }
  })
}

/** Which token of its session a cookie holds. */
function generationOf(cookie: string): number {
  const payload = cookie.slice(cookie.indexOf('=') + 1).split('.')[1] as string
  return JSON.parse(Buffer.from(payload, 'base64url').toString()).gen
}
