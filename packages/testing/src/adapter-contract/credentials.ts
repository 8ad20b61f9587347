import assert from 'node:assert/strict'
import { moments } from '../moments.ts'
import type { Group } from './suite.ts'

/** Whose request it is. */
export const credentials: Group = (holds) => {
  holds('refuses what another site sends with the cookie, and changes nothing', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    const fromElsewhere: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      {},
    ]
    for (const headers of fromElsewhere) {
      const answer = await ask('POST /required', { session, headers })
      assert.deepEqual([answer.status, answer.problem.code], [403, 'cross_site'])
      assert.equal((await ask('POST /tenant', { session, headers })).status, 403)
      assert.equal((await ask('POST /sign-out', { session, headers })).status, 403)
    }
    const { version, ended } = await gateway.inspect(session)
    assert.deepEqual([version, ended], [1, null])
  })

  holds(
    'takes a page of its host without TLS for another site, although the request reaches it without TLS',
    async ({ ask, gateway, origin }) => {
      const session = await gateway.signIn()
      const plain = origin.replace('https:', 'http:')
      for (const headers of [{ origin: plain, 'sec-fetch-site': 'cross-site' }, { origin: plain }]) {
        const answer = await ask('POST /required', { session, headers })
        assert.deepEqual([answer.status, answer.problem.code], [403, 'cross_site'])
      }
      assert.equal((await ask('POST /required', { session, headers: { origin } })).status, 200)
    },
    { origin: 'https://localhost:4410' },
  )

  holds('accepts what its own pages send, in browsers of every age', async ({ ask, gateway, origin }) => {
    const session = await gateway.signIn()
    for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }, { origin }]) {
      assert.equal((await ask('POST /required', { session, headers })).status, 200)
    }
  })

  holds('lets a link from another site open a page', async ({ ask, gateway }) => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', accept: 'text/html' }
    assert.equal((await ask('GET /required', { session: await gateway.signIn(), headers })).status, 200)
  })

  holds('refuses two values of the cookie with 400', async ({ ask, gateway }) => {
    const [one, other] = [await gateway.signIn(), await gateway.signIn({ subject: 'bob' })]
    const session = { cookie: `${one.cookie}; ${other.cookie}` }
    const answer = await ask('GET /required', { session })
    assert.deepEqual([answer.status, answer.problem.code, answer.setCookies], [400, 'credentials_ambiguous', []])
    assert.deepEqual((await ask('GET /resolved', { session })).body, { status: 'refused', code: 'credentials_ambiguous' })
    assert.equal((await ask('GET /whoami', { session })).status, 400)
  })

  holds('refuses a cookie together with a bearer token with 400', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    const answer = await ask('GET /required', { session, headers: { authorization: `Bearer ${session.token}` } })
    assert.deepEqual([answer.status, answer.problem.code], [400, 'credentials_ambiguous'])
  })

  holds('serves a call from another application by its bearer token, which no other site can send', async ({ ask, gateway }) => {
    const headers = await gateway.headers({ subject: 'bob', as: 'bearer' })
    const read = await ask('GET /required', { headers })
    assert.deepEqual([read.status, read.body.session.identity.subject], [200, 'bob'])
    assert.equal((await ask('POST /visits', { headers })).status, 200)
  })

  holds('never exchanges a bearer token: it works to its end and no longer', async ({ ask, gateway }) => {
    const session = await moments.tokenHalfway(gateway)
    const headers = await gateway.headers({ session, as: 'bearer' })
    const halfway = await ask('GET /required', { headers })
    assert.deepEqual([halfway.status, halfway.setCookies], [200, []])
    gateway.clock.advance(gateway.contract.lifetime.tokenMs)
    const expired = await ask('GET /required', { headers })
    assert.deepEqual([expired.status, expired.problem.code, expired.setCookies], [401, 'token_missing', []])
    gateway.outage()
    assert.equal((await ask('GET /required', { headers })).status, 401)
  })

  holds('takes a token that was changed for none', async ({ ask, gateway }) => {
    const { cookie } = await gateway.signIn()
    const changed = `${cookie.slice(0, -10)}${cookie.at(-10) === 'A' ? 'B' : 'A'}${cookie.slice(-9)}`
    assert.equal((await ask('GET /required', { session: { cookie: changed } })).status, 401)
    assert.deepEqual((await ask('GET /resolved', { session: { cookie: changed } })).body, { status: 'anonymous' })
  })
}
