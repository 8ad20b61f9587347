import assert from 'node:assert/strict'
import { moments } from '../moments.ts'
import { navigation, ownPage } from './bench.ts'
import type { Group } from './suite.ts'

/** The status map of the design, section 4. */
export const statuses: Group = (holds) => {
  holds('lets a visitor without a session pass where none is required', async ({ ask }) => {
    const answer = await ask('GET /whoami')
    assert.deepEqual([answer.status, answer.body], [200, { session: null }])
    assert.deepEqual((await ask('GET /resolved')).body, { status: 'anonymous' })
  })

  holds('answers a program without a session with 401', async ({ ask }) => {
    const answer = await ask('GET /required')
    assert.deepEqual([answer.status, answer.problem.code], [401, 'token_missing'])
    assert.equal(answer.header('www-authenticate'), 'Bearer')
  })

  holds('sends a person who opens a page to the login, and back to that page', async ({ ask, gateway, origin }) => {
    const answer = await ask('GET /required', { headers: navigation })
    assert.ok([302, 303, 307].includes(answer.status), `expected a redirect, found ${answer.status}`)
    const location = new URL(answer.header('location') ?? '')
    assert.equal(location.origin + location.pathname, `${gateway.origin}/login`)
    assert.equal(location.searchParams.get('return_to'), `${origin}/required`)
  })

  holds('sends them back to the whole address, from a router within the application too', async ({ ask, origin }) => {
    const answer = await ask('GET /nested/required', { headers: navigation })
    assert.equal(new URL(answer.header('location') ?? '').searchParams.get('return_to'), `${origin}/nested/required`)
  })

  holds('answers a form that was sent without a session with a page, not with a login that would lose it', async ({ ask }) => {
    const answer = await ask('POST /required', { headers: navigation })
    assert.deepEqual([answer.status, isPage(answer)], [401, true])
  })

  holds('hands the session to the handlers after require', async ({ ask, gateway }) => {
    const session = await gateway.signIn({ subject: 'bob' })
    const answer = await ask('GET /required', { session })
    assert.equal(answer.status, 200)
    assert.deepEqual([answer.body.session.identity.subject, answer.body.session.version], ['bob', 1])
  })

  holds('answers 403 where the session does not allow it, and asks the rule of this session', async ({ ask, gateway }) => {
    const refused = await ask('GET /admins', { session: await gateway.signIn({ entitlements: { roles: ['clerk'] } }) })
    assert.deepEqual([refused.status, refused.problem.code], [403, 'access_denied'])
    const admitted = await ask('GET /admins', { session: await gateway.signIn({ entitlements: { roles: ['admin'] } }) })
    assert.equal(admitted.status, 200)
  })

  holds('answers 409 where the session says otherwise than the request expects', async ({ ask, gateway }) => {
    const refused = await ask('GET /acme', { session: await gateway.signIn({ context: { tenant: 'globex' } }) })
    assert.deepEqual([refused.status, refused.problem.code], [409, 'expectation_failed'])
    const admitted = await ask('GET /acme', { session: await gateway.signIn({ context: { tenant: 'acme' } }) })
    assert.equal(admitted.status, 200)
  })

  holds('expects what the request itself names, where that depends on the request', async ({ ask, gateway }) => {
    const session = await gateway.signIn({ context: { tenant: 'acme' } })
    assert.equal((await ask('GET /tenants/acme', { session })).status, 200)
    assert.equal((await ask('GET /tenants/globex', { session })).status, 409)
  })

  holds('answers 401 with the reason once a session has ended', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    assert.equal((await ask('GET /required', { session })).status, 200)
    await gateway.revokeNow(session)
    const answer = await ask('GET /required', { session })
    assert.deepEqual([answer.status, answer.problem.code, answer.problem.reason], [401, 'session_ended', 'revoked'])
    assert.deepEqual((await ask('GET /resolved', { session })).body, { status: 'ended', reason: 'revoked' })
    assert.deepEqual((await ask('GET /whoami', { session })).body, { session: null })
  })

  holds('answers 401 once nobody has used a session for too long, or it has lasted long enough', async ({ ask, gateway }) => {
    for (const moment of [moments.idleOver, moments.absoluteOver]) {
      const answer = await ask('GET /required', { session: await moment(gateway) })
      assert.deepEqual([answer.status, answer.problem.reason], [401, 'expired'])
    }
  })

  holds('refuses people with pages and programs with problems, by Accept where the browser does not say', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    const asked = (headers: Record<string, string>) => ask('GET /admins', { session, headers })
    for (const headers of [navigation, { accept: 'text/html' }]) {
      const answer = await asked(headers)
      assert.deepEqual([answer.status, isPage(answer)], [403, true])
    }
    for (const headers of [ownPage, { accept: 'application/json' }]) {
      const answer = await asked(headers)
      assert.deepEqual([answer.status, answer.problem.status, answer.problem.code], [403, 403, 'access_denied'])
    }
  })

  holds('lets nobody keep a refusal', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    const refusals = [
      await ask('GET /required'),
      await ask('GET /required', { headers: navigation }),
      await ask('GET /admins', { session }),
      await ask('GET /acme', { session }),
      await ask('GET /cacheable-required'),
      await ask('GET /cacheable-required', { headers: navigation }),
    ]
    for (const refusal of refusals) {
      assert.equal(refusal.header('cache-control'), 'private, no-store')
      assert.match(refusal.header('vary') ?? '', /cookie.*authorization/i)
    }
  })
}

function isPage(answer: { header: (name: string) => string | null; text: string }): boolean {
  return (answer.header('content-type') ?? '').startsWith('text/html') && answer.text.startsWith('<!doctype html>')
}
