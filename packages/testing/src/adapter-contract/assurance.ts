import assert from 'node:assert/strict'
import { navigation } from './bench.ts'
import type { Group } from './suite.ts'

/** Step-up, as the design and RFC 9470 have it. */
export const assurance: Group = (holds) => {
  holds('lets somebody pass whose sign-in is as strong and as recent as the route asks', async ({ ask, gateway }) => {
    const answer = await ask('GET /transfer', { session: await gateway.signIn({ acr: 'urn:mfa' }) })
    assert.deepEqual([answer.status, answer.body.session.identity.acr], [200, 'urn:mfa'])
  })

  holds('challenges a program whose sign-in is too weak or too old, and leaves the session alone', async ({ ask, gateway }) => {
    const longAgo = gateway.clock.wallMs() - 6 * 60_000
    for (const person of [{}, { acr: 'urn:pwd' }, { acr: 'urn:mfa', authenticatedAtMs: longAgo }]) {
      const session = await gateway.signIn(person)
      const answer = await ask('GET /transfer', { session })
      assert.deepEqual([answer.status, answer.problem.code], [401, 'assurance_insufficient'])
      const challenge = answer.header('www-authenticate') ?? ''
      assert.match(challenge, /^Bearer error="insufficient_user_authentication"/)
      assert.match(challenge, /acr_values="urn:mfa", max_age="300"$/)
      assert.deepEqual(answer.setCookies, [])
      assert.equal((await ask('GET /whoami', { session })).status, 200)
    }
  })

  holds('sends a person who opens such a page to a login that asks for it, and back to that page', async ({ ask, gateway, origin }) => {
    const answer = await ask('GET /transfer', { session: await gateway.signIn(), headers: navigation })
    assert.ok([302, 303, 307].includes(answer.status), `expected a redirect, found ${answer.status}`)
    const location = new URL(answer.header('location') ?? '')
    assert.equal(location.origin + location.pathname, `${gateway.origin}/login`)
    assert.deepEqual(Object.fromEntries(location.searchParams), { return_to: `${origin}/transfer`, acr_values: 'urn:mfa', max_age: '300' })
  })

  holds('asks for it at once of somebody who is not signed in', async ({ ask }) => {
    const answer = await ask('GET /transfer', { headers: navigation })
    const { searchParams } = new URL(answer.header('location') ?? '')
    assert.deepEqual([searchParams.get('acr_values'), searchParams.get('max_age')], ['urn:mfa', '300'])
  })

  holds('lets them pass once they have stepped up, with another session: the one before is over', async ({ ask, gateway }) => {
    const weak = await gateway.signIn()
    const strong = await gateway.signIn({ acr: 'urn:mfa' }, weak)
    assert.notEqual(strong.id, weak.id)
    assert.equal((await ask('GET /transfer', { session: strong })).status, 200)
    assert.deepEqual((await ask('GET /resolved', { session: weak })).body, { status: 'ended', reason: 'revoked' })
  })
}
