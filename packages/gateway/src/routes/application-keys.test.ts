import { afterEach, describe, expect, it } from 'vitest'
import { createKey, hashOfKey } from '../commands/keys-create.ts'
import { configOf, keyOf, openTestGateway, origin } from '../fixtures/test-gateway.ts'
import { mostFailures } from '../policy/failed-keys.ts'
import { serveGateway } from '../serve.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const wrong = createKey('portal')
const { applications } = configOf()

/** Asks what a key is, as a process at an address. */
async function open(overrides: Parameters<typeof openTestGateway>[0] = {}) {
  const opened = await openTestGateway(overrides)
  const ask = async (key: string, address: string | null = '10.0.0.1') => {
    const headers = { Authorization: `Bearer ${key}`, 'Contract-Revision': '3' }
    const response = await opened.gateway.fetch(new Request(`${origin}/v1/application`, { headers }), { address })
    const body = (await response.json()) as { code?: string; application?: string }
    return { status: response.status, said: body.code ?? body.application, retryAfter: response.headers.get('retry-after') }
  }
  return { ...opened, ask }
}

describe('two keys of one application', () => {
  const [old, fresh] = [createKey('portal'), createKey('portal')]
  const withKey = (key: (typeof applications)['portal']['key']) => ({ applications: { ...applications, portal: { key, origins: [] } } })

  it('are both good while one takes the place of the other, in any form', async () => {
    const { ask } = await open(withKey([old, hashOfKey(fresh)]))
    for (const key of [old, fresh]) expect(await ask(key)).toMatchObject({ status: 200, said: 'portal' })
    const after = await open(withKey(hashOfKey(fresh)))
    expect(await after.ask(fresh)).toMatchObject({ status: 200 })
    expect(await after.ask(old)).toMatchObject({ status: 401, said: 'application_unknown' })
  })

  it.each<[string, unknown, RegExp]>([
    ['an empty list', [], /^applications\.portal\.key: expected one key or two, found 0/],
    ['a list of one', [old], /^applications\.portal\.key: expected one key or two, found 1/],
    ['three', [old, fresh, wrong], /^applications\.portal\.key: expected one key or two, found 3/],
    ['a variable that is not set', [old, undefined], /^applications\.portal\.key\[1\]: expected a key/],
    ['an empty variable', ['', fresh], /^applications\.portal\.key\[0\]: expected a key/],
    ['the same twice', [old, old], /^applications\.portal\.key: is the same key twice/],
    ['the same twice, once as its hash', [old, hashOfKey(old)], /^applications\.portal\.key: is the same key twice/],
    ["another application's", [old, keyOf('billing')], /^applications\.portal\.key\[1\]: expected ss_portal_/],
    ["the hash of another application's", [old, hashOfKey(keyOf('billing'))], /is the key of portal; each application has its own/],
  ])('are refused as %s', async (_title, key, message) => {
    await expect(openTestGateway(withKey(key as string))).rejects.toThrow(message)
  })
})

describe('wrong keys', () => {
  it('are told to come back later once there have been 20 of one name from one address in a minute', async () => {
    const { ask, advance } = await open()
    for (let count = 0; count < mostFailures; count += 1) expect((await ask(wrong)).said).toBe('application_unknown')
    expect(await ask(wrong)).toEqual({ status: 429, said: 'rate_limited', retryAfter: '60' })
    advance(59_000)
    expect(await ask(wrong)).toEqual({ status: 429, said: 'rate_limited', retryAfter: '1' })
    advance(1_000)
    expect((await ask(wrong)).said).toBe('application_unknown')
  })

  it('never lock out a good one, nor anybody elsewhere, nor another application', async () => {
    const { ask } = await open()
    for (let count = 0; count < 3 * mostFailures; count += 1) await ask(wrong)
    expect((await ask(wrong)).status).toBe(429)
    for (let count = 0; count < 50; count += 1) expect(await ask(keyOf('portal'))).toMatchObject({ status: 200, said: 'portal' })
    expect((await ask(wrong, '10.0.0.2')).status).toBe(401)
    expect((await ask(createKey('billing'))).status).toBe(401)
  })

  it('share one count where they name no application of ours, and have none where there is no key at all', async () => {
    const { ask, call } = await open()
    for (let count = 0; count < mostFailures; count += 1) await ask(createKey(`invented-${count}`))
    expect((await ask('garbage')).status).toBe(429)
    for (let count = 0; count < 2 * mostFailures; count += 1) {
      expect((await call('GET', '/v1/application')).body.code).toBe('application_unknown')
    }
  })

  it('fill the log no further than that', async () => {
    const { ask, logged } = await open()
    for (let count = 0; count < 5 * mostFailures; count += 1) await ask(wrong)
    expect(logged().filter(({ msg }) => String(msg).includes('an application key was refused'))).toHaveLength(mostFailures)
  })

  it('are counted by the address of the connection', async () => {
    const { gateway, ask } = await open()
    const { port, close } = await serveGateway(gateway, { port: 0, hostname: '127.0.0.1' })
    closing.push(close)
    const headers = { Authorization: `Bearer ${wrong}`, 'Contract-Revision': '3', 'X-Forwarded-For': '10.9.9.9' }
    const statuses = []
    for (let count = 0; count <= mostFailures; count += 1) {
      const response = await fetch(`http://127.0.0.1:${port}/v1/application`, { headers })
      statuses.push(response.status)
      await response.arrayBuffer()
    }
    expect(statuses).toEqual([...Array(mostFailures).fill(401), 429])
    expect((await ask(wrong, '127.0.0.1')).status).toBe(429)
    expect((await ask(wrong, '10.9.9.9')).status).toBe(401)
  })
})
