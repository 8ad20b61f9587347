import assert from 'node:assert/strict'
import { moments } from '../moments.ts'
import type { Group } from './suite.ts'

/** A shared cache never hands one person's answer or cookie to another. */
export const headers: Group = (holds) => {
  holds('keeps answers that depend on a session out of shared caches', async ({ ask, gateway }) => {
    const answers = [await ask('GET /required', { session: await gateway.signIn() }), await ask('GET /whoami'), await ask('GET /resolved')]
    for (const answer of answers) {
      assert.equal(answer.header('cache-control'), 'private, no-store')
      assert.match(answer.header('vary') ?? '', /cookie.*authorization/i)
    }
  })

  holds('leaves answers alone that did not ask for the session', async ({ ask, gateway }) => {
    const answer = await ask('GET /untouched', { session: await moments.tokenHalfway(gateway) })
    assert.deepEqual([answer.status, answer.header('cache-control'), answer.setCookies], [200, null, []])
    assert.doesNotMatch(answer.header('vary') ?? '', /cookie/i)
    assert.deepEqual(gateway.calls, [])
  })

  holds('gives no cookie to an answer that the handler made cacheable', async ({ ask, gateway }) => {
    const session = await moments.tokenHalfway(gateway)
    for (const route of ['GET /cacheable', 'GET /cacheable-required'] as const) {
      const answer = await ask(route, { session })
      assert.deepEqual([answer.status, answer.header('cache-control'), answer.setCookies], [200, 'public, max-age=60', []])
    }
    const next = await ask('GET /required', { session })
    assert.equal(next.status, 200)
    assert.notEqual(next.cookie, null)
  })

  holds("keeps a handler's own Cache-Control", async ({ ask, gateway }) => {
    const session = await gateway.signIn()
    assert.equal((await ask('GET /cacheable', { session })).header('cache-control'), 'public, max-age=60')
    assert.equal((await ask('GET /revalidated', { session })).header('cache-control'), 'no-cache')
  })

  holds('lets nobody keep an answer that carries the cookie, whatever the handler said', async ({ ask, gateway }) => {
    const answer = await ask('GET /revalidated', { session: await moments.tokenHalfway(gateway) })
    assert.notEqual(answer.cookie, null)
    assert.equal(answer.header('cache-control'), 'private, no-store')
  })

  holds("adds to a handler's own Vary", async ({ ask, gateway }) => {
    const vary = (await ask('GET /varies', { session: await gateway.signIn() })).header('vary') ?? ''
    const names = vary.split(',').map((name) => name.trim().toLowerCase())
    // A framework may name more of its own.
    const expected = ['accept-language', 'authorization', 'cookie']
    assert.deepEqual(names.filter((name) => expected.includes(name)).sort(), expected)
  })

  holds("leaves a handler's own cookies beside ours", async ({ ask, gateway }) => {
    const one = await ask('GET /own-cookie', { session: await moments.tokenHalfway(gateway) })
    assert.equal(one.setCookies.length, 2)
    assert.deepEqual(one.setCookies.filter(isHandlers), ['theme=dark'])
    const two = await ask('GET /two-cookies', { session: await moments.tokenHalfway(gateway) })
    assert.equal(two.setCookies.length, 3)
    assert.deepEqual(two.setCookies.filter(isHandlers), ['theme=dark', 'size=large'])
    assert.notEqual(two.cookie, null)
  })

  holds("leaves a handler's own cookies alone when it has none to add", async ({ ask, gateway }) => {
    assert.deepEqual((await ask('GET /two-cookies', { session: await gateway.signIn() })).setCookies, ['theme=dark', 'size=large'])
  })
}

function isHandlers(cookie: string): boolean {
  return !cookie.startsWith('__Host-session=')
}
