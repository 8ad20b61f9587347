import { afterEach, describe, expect, it } from 'vitest'
import { keyOf, openTestGateway } from '../fixtures/test-gateway.ts'
import { run } from '../fixtures/test-terminal.ts'
import { serveGateway } from '../serve.ts'
import { publishMs } from '../tokens/key-schedule.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serving(operator = 'admin') {
  const gateway = await openTestGateway()
  const { port, close } = await serveGateway(gateway.gateway, { port: 0, hostname: '127.0.0.1' })
  closing.push(close)
  const env = { SINGLE_STATE_GATEWAY: `http://127.0.0.1:${port}`, SINGLE_STATE_OPERATOR_KEY: keyOf(operator) }
  const published = async () =>
    (await gateway.call('GET', '/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid) as string[]
  return { ...gateway, published, rotate: (...options: string[]) => run(['keys', 'rotate', ...options], { env }) }
}

describe('single-state keys rotate', () => {
  it('publishes a key that takes over later: nobody is signed out, before or after', async () => {
    const gateway = await serving()
    const token = await gateway.signIn()
    const [old] = await gateway.published()
    const { code, out } = await gateway.rotate()
    expect(code).toBe(0)
    const [, fresh] = await gateway.published()
    expect(out).toContain(`signing    ${old}`)
    expect(out).toContain(`waiting    ${fresh}`)
    gateway.advance(publishMs)
    const { body } = await gateway.exchange(token)
    expect(JSON.parse(Buffer.from(body.token.split('.')[0], 'base64url').toString()).kid).toBe(fresh)
    expect((await gateway.read(body.token)).status).toBe(200)
    expect(await gateway.published()).toEqual([old, fresh])
  })

  it('can be typed twice: there is one rotation', async () => {
    const { rotate, published } = await serving()
    await rotate()
    const { keys } = JSON.parse((await rotate('--json')).out)
    expect(keys.map(({ state }: { state: string }) => state)).toEqual(['signing', 'waiting'])
    expect(await published()).toHaveLength(2)
  })

  it('withdraws every key at once when they are compromised: a token from before is none any more', async () => {
    const gateway = await serving()
    const token = await gateway.signIn()
    const [old] = await gateway.published()
    const { code, out } = await gateway.rotate('--compromised', '--reason', 'key.leaked')
    expect(code).toBe(0)
    expect(out).toContain('Everybody signs in again')
    expect(await gateway.published()).not.toContain(old)
    gateway.advance(1_000)
    expect((await gateway.read(token)).body.code).toBe('token_invalid')
    expect((await gateway.exchange(token)).body.code).toBe('token_invalid')
    expect((await gateway.read(await gateway.signIn())).status).toBe(200)
  })

  it('withdraws the one key that is named: tokens of another go on', async () => {
    const gateway = await serving()
    const [old = ''] = await gateway.published()
    const left = await gateway.signIn()
    await gateway.rotate()
    gateway.advance(publishMs)
    const kept = await gateway.signIn('bob')
    const { code, out } = await gateway.rotate('--compromised', `--kid=${old}`)
    expect(code).toBe(0)
    expect(out).toContain(`The key ${old} is withdrawn`)
    expect(out).not.toContain('Everybody')
    gateway.advance(1_000)
    expect((await gateway.read(left)).body.code).toBe('token_invalid')
    expect((await gateway.exchange(left)).body.code).toBe('token_invalid')
    expect((await gateway.read(kept)).status).toBe(200)
    expect((await gateway.audit()).findLast(({ operation }) => operation === 'rotate_keys')?.paths).toEqual(['compromised', old])
  })

  it('says so where no published key has that name, and withdraws nothing', async () => {
    const { rotate, published, audit, call } = await serving()
    const { code, err } = await rotate('--compromised', `--kid=${'a'.repeat(43)}`)
    expect(code).toBe(1)
    expect(err).toContain('kid: expected one of a published key')
    const [kid] = await published()
    expect((await call('POST', '/v1/keys/rotate', { as: 'admin', body: { reason: 'test', kid } })).body.code).toBe('request_invalid')
    expect(await published()).toEqual([kid])
    expect((await audit()).filter(({ operation }) => operation === 'rotate_keys')).toEqual([])
  })

  it('is in the audit, with why', async () => {
    const { rotate, audit, call } = await serving()
    await rotate('--reason', 'quarterly')
    expect((await audit()).at(-1)).toMatchObject({
      operation: 'rotate_keys',
      application: 'admin',
      reason: 'quarterly',
      paths: [],
      session: null,
      outcome: 'committed',
    })
    await rotate('--compromised')
    expect((await audit()).at(-1)).toMatchObject({ paths: ['compromised'], reason: 'operator.rotate' })
    expect((await call('GET', '/v1/audit/verify', { as: 'admin' })).body).toMatchObject({ ok: true })
  })

  it('needs an operator', async () => {
    const { rotate, published } = await serving('portal')
    const { code, err } = await rotate()
    expect(code).toBe(1)
    expect(err).toContain("operates: 'all'")
    expect(await published()).toHaveLength(1)
  })

  it.each([[['--reason', 'No Reason']], [['now']], [['--all']], [[`--kid=${'a'.repeat(43)}`]], [['--compromised', '--kid=a']]])(
    'exits with 2 for %j',
    async (options) => {
      const { rotate, published } = await serving()
      expect((await rotate(...options)).code).toBe(2)
      expect(await published()).toHaveLength(1)
    },
  )
})
