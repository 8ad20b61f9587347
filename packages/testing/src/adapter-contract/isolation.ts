import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import type { Group } from './suite.ts'

/** Requests do not meet, and what goes wrong in one stays there. */
export const isolation: Group = (holds) => {
  holds("shows two requests at once each its own session and never the other's", async ({ ask, gateway, gate }) => {
    const people = ['ada', 'bob']
    const sessions = await Promise.all(people.map((subject) => gateway.signIn({ subject })))
    const answers = sessions.map((session) => ask('GET /paused', { session }))
    await gate.waiting(people.length)
    gate.open()
    const seen = (await Promise.all(answers)).map(({ body }) => [body.held.identity.subject, body.read?.identity.subject])
    assert.deepEqual(seen, [
      ['ada', 'ada'],
      ['bob', 'bob'],
    ])
  })

  holds('keeps eight apart that end in another order than they began, among visitors without a session', async ({ ask, gateway, gate }) => {
    const people = Array.from({ length: 8 }, (_, at) => `person-${at}`)
    const sessions = await Promise.all(people.map((subject) => gateway.signIn({ subject })))
    const visitors = Promise.all(people.map(() => ask('GET /whoami')))
    const answers = sessions.map((session) => ask('GET /paused', { session }))
    await gate.waiting(people.length)
    gate.open()
    const seen = (await Promise.all(answers)).map(({ body }) => [body.held.identity.subject, body.read?.identity.subject])
    assert.deepEqual(
      seen,
      people.map((subject) => [subject, subject]),
    )
    for (const { body } of await visitors) assert.equal(body.session, null)
  })

  holds('lets an error of a handler reach the framework', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    const answer = await ask('GET /throws', { session })
    assert.deepEqual([answer.status, answer.body], [500, { caught: 'broken handler' }])
    assert.equal(answer.header('cache-control'), 'private, no-store')
    assert.equal((await ask('GET /required', { session })).status, 200)
  })

  holds('lets an error of a rule reach the framework, and nobody through', async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    const answer = await ask('GET /broken-rule', { session })
    assert.deepEqual([answer.status, answer.body], [500, { caught: 'broken rule' }])
    assert.equal((await ask('GET /required', { session })).status, 200)
  })

  holds('goes on when a client goes away in the middle of its request', async ({ ask, gateway, gate }) => {
    const faults: unknown[] = []
    const note = (fault: unknown) => faults.push(fault)
    process.on('uncaughtExceptionMonitor', note).on('unhandledRejection', note)
    try {
      const session = await gateway.signIn()
      const client = new AbortController()
      const answer = ask('GET /paused', { session, signal: client.signal }).catch(() => null)
      await gate.waiting(1)
      client.abort()
      // The server learns of it in one of the next turns; the handler goes on after that.
      for (let turns = 0; turns < 10; turns += 1) await turn()
      gate.open()
      await answer
      assert.equal((await ask('GET /required', { session })).status, 200)
      await turn()
      assert.deepEqual(faults, [])
    } finally {
      process.off('uncaughtExceptionMonitor', note).off('unhandledRejection', note)
    }
  })
}
