import { defineContract } from '@single-state/core'
import { SessionError } from '@single-state/core/protocol'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { authenticationOf, configOf, keyOf, openTestGateway, origin, startMs } from '../fixtures/test-gateway.ts'
import { createGateway } from '../gateway.ts'
import { memoryStore } from '../stores/memory.ts'

describe('PATCH /v1/session', () => {
  it('answers with the new projection, its tag and a receipt that counts the longest stale of the contract', async () => {
    const { signIn, read, update } = await openTestGateway()
    const token = await signIn()
    const before = (await read(token)).headers.get('etag') ?? ''
    const { status, headers, body } = await update(token, before)
    expect(status).toBe(200)
    expect(body.document).toMatchObject({ version: 2, context: { tenant: 'acme', locale: 'en' } })
    expect(body.receipt).toEqual({
      committedAt: new Date(startMs).toISOString(),
      effectiveEverywhereAt: new Date(startMs + 10_000).toISOString(),
      durability: 'memory',
    })
    expect(headers.get('etag')).toMatch(/^"2-/)
    expect(headers.get('store-seq')).toBe('2')
  })

  it('is seen by the next read of another application', async () => {
    const { signIn, read, update } = await openTestGateway()
    const token = await signIn()
    await update(token, (await read(token)).headers.get('etag'))
    expect((await read(token, 'billing')).body.document).toMatchObject({ version: 2, context: { tenant: 'acme' } })
  })

  it('lets one of two writers of one version win, and tells the other the version of today', async () => {
    const { signIn, read, update } = await openTestGateway()
    const token = await signIn()
    const etag = (await read(token)).headers.get('etag')
    const answers = await Promise.all([update(token, etag, { 'context.tenant': 'a' }), update(token, etag, { 'context.tenant': 'b' })])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
    const lost = answers.find(({ status }) => status === 412)
    expect(lost?.body).toMatchObject({ code: 'version_conflict', version: 2 })
    const again = await update(token, (await read(token)).headers.get('etag'), { 'context.tenant': 'b' })
    expect(again.body.document).toMatchObject({ version: 3, context: { tenant: 'b' } })
  })

  it('takes the tag of another application for the same version, and one of a list', async () => {
    const { signIn, read, update } = await openTestGateway()
    const token = await signIn()
    const etag = (await read(token, 'billing')).headers.get('etag') ?? ''
    expect((await update(token, `"1-AAAAAAAA.x", ${etag}`)).status).toBe(200)
  })

  it('takes out an optional key with unset', async () => {
    const { signIn, read, update, call } = await openTestGateway()
    const token = await signIn()
    const themed = await update(token, (await read(token)).headers.get('etag'), { 'context.theme': 'dark' })
    expect(themed.body.document.context.theme).toBe('dark')
    const headers = { 'If-Match': themed.headers.get('etag') ?? '' }
    const body = { reason: 'theme.pick', unset: ['context.theme'] }
    const { body: plain } = await call('PATCH', '/v1/session', { as: 'portal', token, body, headers })
    expect(plain.document.context).toEqual({ tenant: null, locale: 'en' })
  })

  it('replaces a whole part for an application that is granted the part', async () => {
    const { signIn, read, update, call } = await openTestGateway()
    const token = await signIn()
    const themed = await update(token, (await read(token)).headers.get('etag'), { 'context.theme': 'dark' })
    const headers = { 'If-Match': themed.headers.get('etag') ?? '' }
    const body = { reason: 'context.reset', set: { context: { tenant: 'x' } } }
    expect((await call('PATCH', '/v1/session', { as: 'desk', token, body, headers })).body.document.context).toEqual({
      tenant: 'x',
      locale: 'en',
    })
  })

  it('keeps what a newer contract wrote, whatever an older gateway changes', async () => {
    const definition = { name: 'acme', applications: { desk: { reads: ['context'], writes: { context: ['context.reset'] } } } } as const
    const tenant = z.string().nullable().default(null)
    const newer = defineContract({ ...definition, revision: 4, context: z.object({ tenant, rank: z.number().default(7) }) })
    const older = defineContract({ ...definition, revision: 3, context: z.object({ tenant }) })
    const applications = { desk: { key: keyOf('desk'), origins: [] } }
    const store = memoryStore()
    const [one, other] = await Promise.all(
      [newer, older].map((contract) =>
        createGateway({ ...configOf(), contract, applications, store, derive: () => ({}), log: { level: 'silent' } }, { env: {} }),
      ),
    )
    const start = await one?.startSession(authenticationOf('ada'))
    const token = start?.kind === 'started' ? start.token : ''
    const send = async (gateway: typeof one, method: string, others: object = {}, body: string | null = null) => {
      const headers = { Authorization: `Bearer ${keyOf('desk')}`, 'Session-Token': token, 'Contract-Revision': '3', ...others }
      return gateway?.fetch(new Request(`${origin}/v1/session`, { method, headers, body }))
    }
    const etag = (await send(other, 'GET'))?.headers.get('etag') ?? ''
    const body = JSON.stringify({ reason: 'context.reset', set: { context: { tenant: 'x' } } })
    await send(other, 'PATCH', { 'If-Match': etag, 'Content-Type': 'application/json' }, body)
    expect(await (await send(one, 'GET'))?.json()).toMatchObject({ document: { version: 2, context: { tenant: 'x', rank: 7 } } })
  })

  it('accepts settle: commit by name', async () => {
    const { signIn, read, call } = await openTestGateway()
    const token = await signIn()
    const headers = { 'If-Match': (await read(token)).headers.get('etag') ?? '' }
    const body = { reason: 'tenant.switch', set: { 'context.tenant': 'a' }, settle: 'commit' }
    expect((await call('PATCH', '/v1/session', { as: 'portal', token, body, headers })).status).toBe(200)
  })

  it('audits who changed what, when and why, and in which trace', async () => {
    const { signIn, read, update, audit } = await openTestGateway()
    const token = await signIn()
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await update(token, (await read(token)).headers.get('etag'), undefined, { traceparent })
    expect((await audit()).at(-1)).toMatchObject({
      at: new Date(startMs).toISOString(),
      application: 'portal',
      actor: 'urn:single-state:development-people ada',
      operation: 'update',
      paths: ['context.tenant'],
      reason: 'tenant.switch',
      fromVersion: 1,
      toVersion: 2,
      outcome: 'committed',
      traceId: '0af7651916cd43dd8448eb211c80319c',
    })
  })

  it('tells a write from a stale version that it lost, even where its value no longer fits the document of today', async () => {
    const { signIn, read, update } = await openTestGateway()
    const token = await signIn()
    const etag = (await read(token)).headers.get('etag')
    await update(token, etag, { 'context.tenant': 'x'.repeat(600) })
    // Together with the winner's, this value would be too large; alone it is not.
    const lost = await update(token, etag, { 'context.theme': 'y'.repeat(500) })
    expect(lost.body).toMatchObject({ code: 'version_conflict', version: 2 })
  })

  it.each([
    ['audit_unavailable', 503, '1'],
    ['store_unavailable', 503, '1'],
    ['outcome_unknown', 504, null],
  ] as const)('answers %s when the store says so, and never touches a cookie', async (code, status, retryAfter) => {
    const { store, signIn, read } = await openTestGateway()
    const token = await signIn()
    const etag = (await read(token)).headers.get('etag')
    const failing = { ...store, commit: () => Promise.reject(new SessionError(code)) }
    const answer = await (await openTestGateway({ store: failing })).update(token, etag)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect(answer.headers.get('retry-after')).toBe(retryAfter)
    expect(answer.headers.get('set-cookie')).toBeNull()
  })
})

describe('a write with an idempotency key', () => {
  const key = { 'Idempotency-Key': 'a.b:c-d_1' }

  it('is applied once, however often it is repeated, and answers with the document of today', async () => {
    const { signIn, read, update, audit } = await openTestGateway()
    const token = await signIn()
    const etag = (await read(token)).headers.get('etag')
    const first = await update(token, etag, undefined, key)
    await update(token, first.headers.get('etag'), { 'context.theme': 'dark' })
    const again = await update(token, etag, undefined, key)
    expect([first.status, again.status]).toEqual([200, 200])
    expect(again.body.document).toMatchObject({ version: 3, context: { tenant: 'acme', theme: 'dark' } })
    expect(again.body.receipt.durability).toBe('memory')
    expect(await audit()).toHaveLength(3)
  })

  it('is applied once when both copies are under way at the same time', async () => {
    const { signIn, read, update } = await openTestGateway()
    const token = await signIn()
    const etag = (await read(token)).headers.get('etag')
    const both = await Promise.all([update(token, etag, undefined, key), update(token, etag, undefined, key)])
    expect(both.map(({ status, body }) => [status, body.document.version])).toEqual([
      [200, 2],
      [200, 2],
    ])
  })

  it('is refused when the key belongs to another body, and changes nothing', async () => {
    const { signIn, read, update } = await openTestGateway()
    const token = await signIn()
    const etag = (await read(token)).headers.get('etag')
    const first = await update(token, etag, undefined, key)
    const other = await update(token, first.headers.get('etag'), { 'context.tenant': 'other' }, key)
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused'])
    const stale = await update(token, etag, { 'context.tenant': 'other' }, key)
    expect(stale.body.code).toBe('idempotency_key_reused')
    expect((await read(token)).body.document).toMatchObject({ version: 2, context: { tenant: 'acme' } })
  })

  it('is another write when another application uses the same key', async () => {
    const { signIn, read, update, call } = await openTestGateway()
    const token = await signIn()
    const first = await update(token, (await read(token)).headers.get('etag'), undefined, key)
    const headers = { 'If-Match': first.headers.get('etag') ?? '', ...key }
    const body = { reason: 'context.reset', set: { context: { tenant: 'desk' } } }
    const other = await call('PATCH', '/v1/session', { as: 'desk', token, body, headers })
    expect(other.body.document).toMatchObject({ version: 3, context: { tenant: 'desk' } })
  })
})
