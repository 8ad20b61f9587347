import { describe, expect, it } from 'vitest'
import { openTestGateway, secret, startMs, type TestGateway } from '../fixtures/test-gateway.ts'
import { memoryStore } from '../stores/memory.ts'
import type { SessionRecord, SessionStore } from '../stores/store.ts'

const [newest, older] = [1, 2].map((fill) => `sse_${Buffer.alloc(32, fill).toString('base64url')}`) as [string, string]

/** A store in memory that other gateways open again, and whose records can be changed on their way out. */
function sharedStore() {
  const inner = memoryStore({ clock: () => startMs })
  let spoil = (record: SessionRecord): SessionRecord => record
  const spoilt = <Answer extends { readonly record: SessionRecord | null }>(answer: Answer): Answer =>
    answer.record === null ? answer : { ...answer, record: spoil(answer.record) }
  const store: SessionStore = {
    ...inner,
    read: async (ids) => {
      const { records, ...position } = await inner.read(ids)
      return { ...position, records: records.map((record) => record && spoil(record)) }
    },
    confirm: async (...args) => spoilt(await inner.confirm(...args)),
  }
  const setSpoil = (next: typeof spoil) => {
    spoil = next
  }
  return { store, spoil: setSpoil }
}

const gatewayWith = (store: SessionStore, keys: readonly string[] | null, allowPlain = false) =>
  openTestGateway({ store, secret, ...(keys && { encryption: { keys, allowPlain } }) })

async function idOf(gateway: TestGateway, token: string): Promise<string> {
  return (await gateway.read(token)).body.document.id
}

async function recordOf(store: SessionStore, id: string): Promise<SessionRecord> {
  return (await store.read([id])).records[0] as SessionRecord
}

describe('documents that are encrypted at rest', () => {
  it('reach applications as ever, and the store as texts that say nothing', async () => {
    const { store } = sharedStore()
    const gateway = await gatewayWith(store, [newest])
    const token = await gateway.signIn('ada', { roles: ['treasurer'] })
    const read = await gateway.read(token)
    expect(read.body.document.entitlements.roles).toEqual(['treasurer'])
    const written = await gateway.update(token, read.headers.get('etag'), { 'context.tenant': 'acme-secret' })
    expect(written.body.document).toMatchObject({ version: 2, context: { tenant: 'acme-secret' } })
    const value = { tenant: 'acme-signal' }
    const sent = await gateway.call('PUT', '/v1/session/signals/tenantChanged', { as: 'portal', token, body: { value } })
    expect(sent.body.document.signals.tenantChanged.value).toEqual(value)
    expect((await gateway.read(token)).body.document.signals.tenantChanged.value).toEqual(value)

    const held = JSON.stringify(await recordOf(store, read.body.document.id))
    for (const word of ['treasurer', 'acme-secret', 'acme-signal', 'entitlements']) expect(held).not.toContain(word)
    const reads = await gateway.call('POST', '/v1/reads', { as: 'portal', body: { reads: [{ token }, { token }] } })
    expect(reads.body.results.map((result: { document: unknown }) => result.document)).toEqual([sent.body.document, sent.body.document])
  })

  it('judges the size limit by the plain document', async () => {
    const plain = await openTestGateway()
    const sealed = await openTestGateway({ encryption: { keys: [newest] } })
    const answers = [plain, sealed].map(async (gateway) => {
      const token = await gateway.signIn()
      const statuses: number[] = []
      for (const length of [300, 500, 700, 720, 740, 760, 780, 800]) {
        const { headers } = await gateway.read(token)
        statuses.push((await gateway.update(token, headers.get('etag'), { 'context.tenant': 'x'.repeat(length) })).status)
      }
      return statuses
    })
    const [without, having] = await Promise.all(answers)
    expect(having).toEqual(without)
    expect(without).toContain(413)
    expect(without).toContain(200)
  })

  it('are read after a rotation, and written with the newest key', async () => {
    const { store } = sharedStore()
    const before = await gatewayWith(store, [older])
    const token = await before.signIn()
    const id = await idOf(before, token)
    const kidOf = async () => JSON.parse(Buffer.from((await recordOf(store, id)).body.split('.')[0] as string, 'base64url').toString()).kid
    const first = await kidOf()
    const after = await gatewayWith(store, [newest, older])
    const read = await after.read(token)
    expect([read.status, await kidOf()]).toEqual([200, first])
    expect((await after.update(token, read.headers.get('etag'))).status).toBe(200)
    expect(await kidOf()).not.toBe(first)
    expect((await (await gatewayWith(store, [newest])).read(token)).body.document.version).toBe(2)
  })

  it.each<[string, readonly string[] | null]>([
    ['another key', [older]],
    ['no keys at all', null],
  ])('sign nobody out where a gateway has %s: 503, the key in the log, and all is well with the right one', async (_, wrong) => {
    const { store } = sharedStore()
    const right = await gatewayWith(store, [newest])
    const token = await right.signIn()
    const id = await idOf(right, token)
    const mistaken = await gatewayWith(store, wrong)
    const bob = await mistaken.signIn('bob')
    const refused = await mistaken.read(token)
    expect([refused.status, refused.body.code, refused.headers.has('retry-after')]).toEqual([503, 'store_unavailable', true])
    expect(mistaken.logText()).toContain('a stored document cannot be opened')
    if (wrong !== null) expect(mistaken.logText()).toMatch(/encrypted with key [\w-]{11}, which is not in encryption\.keys/)
    const { body } = await mistaken.call('POST', '/v1/reads', { as: 'portal', body: { reads: [{ token }, { token: bob }] } })
    expect(body.results.map(({ status }: { status: number }) => status)).toEqual([503, 200])
    expect((await mistaken.call('GET', `/v1/sessions/${id}`, { as: 'admin' })).status).toBe(503)
    expect((await right.read(token)).status).toBe(200)
  })

  it.each<[string, (body: string, other: string) => string]>([
    ['changed', (body) => body.replace(/\.([^.]+)\.([^.]+)$/, (_, text: string, tag: string) => `.${flipped(text)}.${tag}`)],
    ['cut', (body) => body.slice(0, body.lastIndexOf('.') - 4) + body.slice(body.lastIndexOf('.'))],
    ["swapped for another session's", (_, other) => other],
    ['no encrypted text at all', () => 'nonsense'],
  ])('end their session for good, with a record, when the text was %s', async (what, change) => {
    const { store, spoil } = sharedStore()
    const gateway = await gatewayWith(store, [newest], what.startsWith('no '))
    const [token, bob] = [await gateway.signIn(), await gateway.signIn('bob')]
    const [id, other] = [await idOf(gateway, token), await recordOf(store, await idOf(gateway, bob))]
    spoil((record) => (record.id === id ? { ...record, body: change(record.body, other.body) } : record))
    const refused = await gateway.read(token)
    expect([refused.status, refused.body.code]).toEqual([401, 'session_invalid'])
    spoil((record) => record)
    expect((await gateway.read(token)).body).toMatchObject({ code: 'session_ended', reason: 'invalid' })
    expect((await gateway.audit()).filter(({ reason }) => reason === 'document_invalid')).toHaveLength(1)
    expect((await gateway.read(bob)).status).toBe(200)
  })

  it('hide a signal that was tampered with, and go on', async () => {
    const { store, spoil } = sharedStore()
    const gateway = await gatewayWith(store, [newest])
    const token = await gateway.signIn()
    await gateway.call('PUT', '/v1/session/signals/tenantChanged', { as: 'portal', token, body: { value: { tenant: 'acme' } } })
    expect(Object.keys((await gateway.read(token)).body.document.signals)).toEqual(['tenantChanged'])
    for (const value of ['nonsense', 7, { tenant: 'forged' }]) {
      spoil((record) => ({ ...record, signals: { tenantChanged: { value, expiresAtMs: gateway.now() + 30_000 } } }))
      const { status, body } = await gateway.read(token)
      expect([status, body.document.signals]).toEqual([200, {}])
    }
  })

  it('takes plain documents along only where it is told to', async () => {
    const { store } = sharedStore()
    const plain = await gatewayWith(store, null)
    const token = await plain.signIn()
    await plain.read(token)
    expect((await (await gatewayWith(store, [newest])).read(token)).status).toBe(503)
    const lenient = await gatewayWith(store, [newest], true)
    const read = await lenient.read(token)
    expect((await lenient.update(token, read.headers.get('etag'))).status).toBe(200)
    expect((await (await gatewayWith(store, [newest])).read(token)).body.document.version).toBe(2)
  })
})

function flipped(text: string): string {
  return (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
}
