import assert from 'node:assert/strict'
import { moments } from '../moments.ts'
import type { Bench } from './bench.ts'
import type { Group } from './suite.ts'

/** Within one request the session is read once; between requests nothing old is shown. */
export const reads: Group = (holds) => {
  holds('reads the session once for a request, however often it asks', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    await ask('GET /required', { session })
    const before = sessionReads(gateway)
    const { sessions } = (await ask('GET /thrice', { session })).body
    assert.equal(sessionReads(gateway) - before, 1)
    assert.equal(sessions.length, 3)
    for (const one of sessions) assert.deepEqual(one, sessions[0])
  })

  holds('opens one session for a request that passes the middleware twice', async ({ ask, gateway }) => {
    const session = await moments.tokenHalfway(gateway)
    const first = await ask('GET /nested/required', { session })
    assert.deepEqual([first.status, first.setCookies.length], [200, 1])
    const before = sessionReads(gateway)
    await ask('GET /nested/required', { session: { cookie: first.cookie as string } })
    assert.equal(sessionReads(gateway) - before, 1)
  })

  holds('asks the gateway again for the next request', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    await ask('GET /required', { session })
    await gateway.change(session, { context: { tenant: 'globex' } })
    const { context, version } = (await ask('GET /required', { session })).body.session
    assert.deepEqual([context.tenant, version], ['globex', 2])
  })

  holds('answers from memory only within the age that the route allows', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    await ask('GET /recent', { session })
    await gateway.change(session)
    gateway.clock.advance(4_999)
    assert.equal((await ask('GET /recent', { session })).body.session.version, 1)
    assert.equal((await ask('GET /required', { session })).body.session.version, 2)
    await gateway.change(session)
    gateway.clock.advance(5_001)
    assert.equal((await ask('GET /recent', { session })).body.session.version, 3)
  })

  holds('says who vouches for a session and how old it is', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    const { body } = await ask('GET /resolved', { session })
    assert.equal(body.status, 'active')
    assert.deepEqual({ ...body, session: null }, { status: 'active', session: null, source: 'gateway', version: 1, ageMs: 0 })
  })
}

function sessionReads({ calls }: Bench['gateway']): number {
  return calls.filter(({ path }) => path === '/v1/session' || path === '/v1/reads').length
}
