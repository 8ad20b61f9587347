import assert from 'node:assert/strict'
import { moments } from '../moments.ts'
import { type Answer, navigation } from './bench.ts'
import type { Group } from './suite.ts'

/** Unavailable is not signed out (rule 8). */
export const outages: Group = (holds) => {
  holds('answers 503 with Retry-After while the gateway is away, and leaves the cookie alone', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    await ask('GET /required', { session })
    const restore = gateway.outage()
    assertAway(await ask('GET /required', { session }))
    assertAway(await ask('GET /whoami', { session }))
    assertAway(await ask('POST /tenant', { session }))
    assertAway(await ask('POST /announce', { session }))
    restore()
    assert.equal((await ask('GET /required', { session })).status, 200)
  })

  holds('lets nobody keep that answer, whatever the handler said before', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    await ask('GET /required', { session })
    gateway.outage()
    for (const route of ['GET /cacheable', 'GET /cacheable-required'] as const) {
      const answer = await ask(route, { session })
      assertAway(answer)
      assert.equal(answer.header('cache-control'), 'private, no-store')
      assert.match(answer.header('content-type') ?? '', /^application\/problem\+json/)
    }
  })

  holds('lets no cache of the network keep that answer, nor another refusal, whatever was said to those before', async (bench) => {
    const { ask, gateway } = bench
    const session = await gateway.signIn()
    assert.equal((await ask('GET /cacheable-required', { session })).header('cdn-cache-control'), 'max-age=600')
    assert.equal((await ask('GET /cacheable-required')).header('cdn-cache-control'), 'no-store')
    gateway.outage()
    const answer = await ask('GET /cacheable-required', { session })
    assertAway(answer)
    assert.equal(answer.header('cdn-cache-control'), 'no-store')
  })

  holds('says so in the result, where a handler looks itself', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    gateway.outage()
    const answer = await ask('GET /resolved', { session })
    assert.equal(answer.status, 200)
    assert.equal(answer.body.status, 'unavailable')
    assert.deepEqual(answer.setCookies, [])
  })

  holds('answers 503 before the gateway has answered for the first time', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    const restore = gateway.outage()
    assertAway(await ask('GET /required', { session }))
    restore()
    assert.equal((await ask('GET /required', { session })).status, 200)
  })

  holds('tells a person with a page, and does not send them to a login that is away', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    await ask('GET /required', { session })
    gateway.outage()
    const answer = await ask('GET /required', { session, headers: navigation })
    assert.deepEqual([answer.status, answer.setCookies], [503, []])
    assert.match(answer.header('content-type') ?? '', /^text\/html/)
  })

  holds('does not sign anybody out whose token runs out meanwhile', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    await ask('GET /required', { session })
    const restore = gateway.outage()
    gateway.clock.advance(gateway.contract.lifetime.tokenMs * 2)
    assertAway(await ask('GET /required', { session }))
    restore()
    const back = await ask('GET /required', { session })
    assert.equal(back.status, 200)
    assert.notEqual(back.cookie, null)
  })

  holds('uses a token that is due for exchange while the exchange cannot be had', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    await ask('GET /recent', { session })
    gateway.clock.advance(gateway.contract.lifetime.tokenMs / 2 - 1_000)
    await ask('GET /recent', { session })
    gateway.clock.advance(1_000)
    gateway.outage()
    const answer = await ask('GET /recent', { session })
    assert.deepEqual([answer.status, answer.setCookies], [200, []])
  })

  holds('lets a snapshot stand in only where the route allows it, and never for a write', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    await ask('GET /required', { session })
    gateway.outage()
    gateway.clock.advance('9s')
    assert.equal((await ask('GET /grace', { session })).status, 200)
    assertAway(await ask('POST /grace', { session }))
    assertAway(await ask('GET /fresh', { session }))
    assertAway(await ask('GET /required', { session }))
    gateway.clock.advance('2s')
    assertAway(await ask('GET /grace', { session }))
  })

  holds('does not pretend to have signed anybody out', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    await ask('GET /required', { session })
    const restore = gateway.outage()
    assertAway(await ask('POST /sign-out', { session }))
    restore()
    assert.equal((await ask('GET /required', { session })).status, 200)
  })

  holds('keeps a session that the gateway has ended ended, whatever comes after', async ({ ask, gateway }) => {
    const session = await moments.freshlySignedIn(gateway)
    await ask('GET /grace', { session })
    await gateway.revokeNow(session)
    assert.equal((await ask('GET /required', { session })).status, 401)
    gateway.outage()
    assert.equal((await ask('GET /grace', { session })).status, 401)
  })
}

function assertAway(answer: Answer<unknown>): void {
  assert.equal(answer.status, 503)
  assert.match(answer.header('retry-after') ?? '', /^[1-9]\d*$/)
  assert.deepEqual(answer.setCookies, [])
}
