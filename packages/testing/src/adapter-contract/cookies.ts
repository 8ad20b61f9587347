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
