import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { openTestGateway } from './fixtures/test-gateway.ts'

const folder = mkdtempSync(join(tmpdir(), 'single-state-'))
let files = 0
const newStore = () => `sqlite:${join(folder, `${files++}.db`)}`

afterAll(() => rmSync(folder, { recursive: true }))

describe('a gateway that is started again on its file', () => {
  it('knows its sessions, their versions and its keys', async () => {
    const store = newStore()
    const before = await openTestGateway({ store })
    const token = await before.signIn()
    const { headers } = await before.update(token, (await before.read(token)).headers.get('etag'))
    await before.gateway.close()
    const after = await openTestGateway({ store })
    const { body, headers: seen } = await after.read(token)
    expect(body.document).toMatchObject({ version: 2, context: { tenant: 'acme' } })
    expect(seen.get('etag')).toBe(headers.get('etag'))
    await after.gateway.close()
  })

  it('refuses to start with another secret and says which one it needs', async () => {
    const store = newStore()
    await (await openTestGateway({ store })).gateway.close()
    await expect(openTestGateway({ store, secret: 'another secret that is long enough too' })).rejects.toThrow(
      new TypeError('secret: expected the secret that the signing keys in the store were encrypted with; set SINGLE_STATE_SECRET to it'),
    )
    const again = await openTestGateway({ store })
    await again.gateway.close()
  })

  it('keeps its signing keys in the file as ciphertext only', async () => {
    const store = newStore()
    const { gateway, call } = await openTestGateway({ store })
    const { x } = (await call('GET', '/.well-known/jwks.json')).body.keys[0]
    await gateway.close()
    const file = new Database(store.slice('sqlite:'.length))
    const { keys } = file.prepare('SELECT keys FROM store').get() as { keys: string }
    file.close()
    expect(JSON.parse(keys)).toEqual([expect.stringMatching(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/)])
    expect(keys).not.toContain(x)
  })

  it('signs out two people whose documents were swapped in the file, and shows neither to the other', async () => {
    const store = newStore()
    const before = await openTestGateway({ store })
    const tokens = [await before.signIn('ada'), await before.signIn('bob')]
    await before.gateway.close()
    swapBodies(store.slice('sqlite:'.length))
    const after = await openTestGateway({ store })
    const answers = await Promise.all(tokens.map((token) => after.read(token)))
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [401, 'session_invalid'],
      [401, 'session_invalid'],
    ])
    expect((await after.call('GET', '/v1/audit/verify', { as: 'admin' })).body.ok).toBe(true)
    await after.gateway.close()
  })
})

function swapBodies(path: string): void {
  const file = new Database(path)
  const [one, other] = file.prepare('SELECT id, body FROM sessions').all() as { id: string; body: string }[]
  const save = file.prepare('UPDATE sessions SET body = ? WHERE id = ?')
  save.run(other?.body, one?.id)
  save.run(one?.body, other?.id)
  file.close()
}
