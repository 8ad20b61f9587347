import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { configOf, openTestGateway } from '../fixtures/test-gateway.ts'
import { run } from '../fixtures/test-terminal.ts'
import { createKey, hashOfKey } from './keys-create.ts'

describe('single-state keys create', () => {
  it('prints a key that names its application, and its hash', async () => {
    const { code, out } = await run(['keys', 'create', 'portal'])
    expect(code).toBe(0)
    const key = /^key {3}(ss_portal_[A-Za-z0-9_-]{43})$/m.exec(out)?.[1] ?? ''
    expect(out).toContain(`hash  sha256:${createHash('sha256').update(key).digest('hex')}`)
    expect(out).toContain('SINGLE_STATE_KEY')
  })

  it('prints another key each time, and JSON for programs', async () => {
    const [one, other] = await Promise.all([run(['keys', 'create', 'portal', '--json']), run(['keys', 'create', 'portal', '--json'])])
    const first = JSON.parse(one.out)
    expect(first).toEqual({ application: 'portal', key: expect.stringMatching(/^ss_portal_/), hash: expect.stringMatching(/^sha256:/) })
    expect(JSON.parse(other.out).key).not.toBe(first.key)
  })

  it('makes keys and hashes that a gateway takes', async () => {
    const key = createKey('billing')
    const { applications } = configOf()
    const gateway = await openTestGateway({ applications: { ...applications, billing: { key: hashOfKey(key), origins: [] } } })
    const { status, body } = await gateway.call('GET', '/v1/application', { headers: { Authorization: `Bearer ${key}` } })
    expect([status, body.application]).toEqual([200, 'billing'])
  })

  it('prints a secret that a gateway takes, and nothing else', async () => {
    const { code, out } = await run(['keys', 'create', '--secret'])
    expect(code).toBe(0)
    expect(out).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(JSON.parse((await run(['keys', 'create', '--secret', '--json'])).out)).toEqual({ secret: expect.stringMatching(/^.{43}$/) })
  })

  it('prints a key that encrypts documents, and nothing else', async () => {
    const { code, out } = await run(['keys', 'create', '--encryption'])
    expect(code).toBe(0)
    const encryption = { keys: [out] }
    const token = await (await openTestGateway({ encryption })).signIn()
    expect(token).not.toBe('')
    const { encryptionKey } = JSON.parse((await run(['keys', 'create', '--encryption', '--json'])).out)
    expect(encryptionKey).toMatch(/^sse_[A-Za-z0-9_-]{43}$/)
    expect(encryptionKey).not.toBe(out)
  })

  it.each([[[]], [['portal', 'billing']], [['Portal']], [['-portal']], [['a'.repeat(33)]], [['--secret', '--encryption']]])(
    'exits with 2 for %j and makes no key',
    async (names) => {
      const { code, out, err } = await run(['keys', 'create', ...names])
      expect(code).toBe(2)
      expect(out).toBe('')
      expect(err).toContain('usage: single-state keys create <application>')
    },
  )
})
