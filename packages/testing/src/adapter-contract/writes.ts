import assert from 'node:assert/strict'
import { moments } from '../moments.ts'
import type { Group } from './suite.ts'

/** Writes are conditional (rule 4), and a request sees its own (rule 5). */
export const writes: Group = (holds) => {
  holds('changes the session with changes given as they are, and says why in the audit', async ({ ask, gateway }) => {
    const session = await gateway.signIn({ subject: 'bob' })
    const { status, body } = await ask('POST /tenant', { session })
    assert.deepEqual([status, body.session.version, body.session.context.tenant], [200, 2, 'globex'])
    const last = (await gateway.audit()).at(-1)
    assert.deepEqual([last?.application, last?.reason, last?.paths, last?.toVersion], ['app', 'tenant.switch', ['context.tenant'], 2])
    assert.match(last?.actor ?? '', /bob$/)
  })

  holds('changes it with a function of the session as it is', async ({ ask, gateway }) => {
    const session = await gateway.signIn({ context: { visits: 41 } })
    const { status, body } = await ask('POST /visits', { session })
    assert.deepEqual([status, body.session.context.visits], [200, 42])
  })

  holds('shows a request its own write', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    const { body } = await ask('POST /visit-and-look', { session })
    assert.deepEqual([body.before?.version, body.before?.context.visits], [1, 0])
    assert.deepEqual([body.after?.version, body.after?.context.visits], [2, 1])
    assert.equal(gateway.calls.filter(({ method, path }) => method === 'GET' && path === '/v1/session').length, 1)
  })

  holds('answers 409 when somebody else was faster, and changes nothing', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    gateway.conflictNext({ context: { tenant: 'initech' } })
    const answer = await ask('POST /tenant', { session })
    assert.deepEqual([answer.status, answer.problem.code, answer.setCookies], [409, 'version_conflict', []])
    const { version, context } = await gateway.inspect(session)
    assert.deepEqual([version, context.tenant], [2, 'initech'])
  })

  holds('decides again with a function when somebody else was faster', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    gateway.conflictNext({ context: { visits: 10 } })
    const { status, body } = await ask('POST /visits', { session })
    assert.deepEqual([status, body.session.version, body.session.context.visits], [200, 3, 11])
  })

  holds('counts two requests that write at once, both', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    const answers = await Promise.all([ask('POST /visits', { session }), ask('POST /visits', { session })])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    )
    const { version, context } = await gateway.inspect(session)
    assert.deepEqual([version, context.visits], [3, 2])
  })

  holds('applies a write once whose answer was lost', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    gateway.loseAnswerNext()
    assert.equal((await ask('POST /visits', { session })).status, 200)
    const { version, context } = await gateway.inspect(session)
    assert.deepEqual([version, context.visits], [2, 1])
  })

  holds('answers 503 when it cannot be known what became of a write', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    gateway.loseAnswerNext(3)
    const answer = await ask('POST /visits', { session })
    assert.deepEqual([answer.status, answer.problem.code, answer.setCookies], [503, 'outcome_unknown', []])
    assert.match(answer.header('retry-after') ?? '', /^[1-9]\d*$/)
    assert.equal((await gateway.inspect(session)).context.visits, 1)
  })

  holds('writes in a request that came with an expired token, and hands over its successor', async ({ ask, gateway }) => {
    const session = await moments.tokenExpired(gateway)
    const answer = await ask('POST /visit-and-look', { session })
    assert.equal(answer.status, 200)
    assert.deepEqual([answer.body.before?.context.visits, answer.body.after?.context.visits], [0, 1])
    assert.notEqual(answer.cookie, null)
    const next = await ask('POST /visits', { session: { cookie: answer.cookie as string } })
    assert.deepEqual([next.status, next.body.session.context.visits], [200, 2])
  })

  holds('publishes a signal that the next read shows', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    const announced = await ask('POST /announce', { session })
    assert.deepEqual([announced.status, announced.body.session?.signals.tenantChanged], [200, { tenant: 'globex' }])
    const { version, signals } = (await ask('GET /required', { session })).body.session
    assert.deepEqual([version, signals.tenantChanged], [2, { tenant: 'globex' }])
    gateway.clock.advance('31s')
    assert.deepEqual((await ask('GET /required', { session })).body.session.signals, {})
  })

  holds('answers 401 to a write without a session, or to one that has ended', async ({ ask, gateway }) => {
    assert.equal((await ask('POST /tenant')).status, 401)
    const session = await gateway.signIn()
    await ask('GET /required', { session })
    await gateway.revokeNow(session)
    const answer = await ask('POST /visits', { session })
    assert.deepEqual([answer.status, answer.setCookies], [401, []])
  })
}
