import { createSessionClient, defineContract, fetchTransport } from '@single-state/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { GatewayConfig } from '../config.ts'
import { authenticationOf, configOf, contract, issuer, keyOf, openTestGateway, origin } from '../fixtures/test-gateway.ts'
import { createGateway } from '../gateway.ts'
import { memoryStore } from '../stores/memory.ts'
import type { SessionStore } from '../stores/store.ts'

const path = `/v1/subjects/${encodeURIComponent(issuer)}/ada/refresh`
const refreshAs = (gateway: Awaited<ReturnType<typeof openTestGateway>>, as: 'admin' | 'portal' = 'admin', at = path) =>
  gateway.call('POST', at, { as, body: { reason: 'plan.changed' } })

const pro: NonNullable<GatewayConfig['claimsOf']> = (_issuer, subject) => (subject === 'ada' ? { plan: 'pro', roles: ['admin'] } : null)

describe('POST /v1/subjects/{issuer}/{subject}/refresh', () => {
  it('gives every session of the person the entitlements that the claims of now make, and leaves the rest of it alone', async () => {
    const asked: unknown[] = []
    const gateway = await openTestGateway({
      claimsOf: async (...person) => {
        asked.push(person)
        return { plan: 'pro', roles: ['admin'] }
      },
    })
    const tokens = [await gateway.signIn(), await gateway.signIn(), await gateway.signIn()]
    const stranger = await gateway.signIn('bob')
    const { headers } = await gateway.read(tokens[0] ?? '')
    await gateway.update(tokens[0] ?? '', headers.get('etag'))
    const { status, body } = await refreshAs(gateway)
    expect([status, body.refreshed, body.unchanged]).toEqual([200, 3, 0])
    expect(body.receipt.durability).toBe('memory')
    expect(asked).toEqual([[issuer, 'ada']])
    for (const token of tokens) {
      const { document } = (await gateway.read(token)).body
      expect(document.entitlements).toEqual({ plan: 'pro', roles: ['admin'] })
      expect(document.identity).toMatchObject({ subject: 'ada', acr: 'urn:acr:1', amr: ['pwd'] })
    }
    expect((await gateway.read(tokens[0] ?? '')).body.document).toMatchObject({ version: 3, context: { tenant: 'acme' } })
    expect((await gateway.read(stranger)).body.document).toMatchObject({ version: 1, entitlements: { plan: 'free' } })
  })

  it('is audited with who asked and why, and changes nothing the second time', async () => {
    const gateway = await openTestGateway({ claimsOf: pro })
    await gateway.signIn()
    await refreshAs(gateway)
    const before = await gateway.audit()
    const asked = { operation: 'refresh_subject', application: 'admin', session: null, subject: `${issuer} ada`, reason: 'plan.changed' }
    expect(before.at(-2)).toMatchObject(asked)
    expect(before.at(-1)).toMatchObject({
      operation: 'update',
      application: 'admin',
      paths: ['entitlements'],
      reason: 'plan.changed',
      fromVersion: 1,
      toVersion: 2,
      outcome: 'committed',
    })
    expect((await refreshAs(gateway)).body).toMatchObject({ refreshed: 0, unchanged: 1 })
    expect((await gateway.audit()).slice(before.length)).toMatchObject([asked])
  })

  it('loses to a write that is faster, reads again and wins, and the write stays', async () => {
    const store = memoryStore()
    let rivals = 3
    const racing: SessionStore = {
      ...store,
      commit: async (change, entry) => {
        if (entry.paths.includes('entitlements') && rivals-- > 0) await rival()
        return store.commit(change, entry)
      },
    }
    const gateway = await openTestGateway({ store: racing, claimsOf: pro })
    const token = await gateway.signIn()
    async function rival() {
      const { headers } = await gateway.read(token)
      await gateway.update(token, headers.get('etag'), { 'context.tenant': `tenant-${rivals}` })
    }
    expect((await refreshAs(gateway)).body).toMatchObject({ refreshed: 1 })
    expect((await gateway.read(token)).body.document).toMatchObject({
      version: 5,
      entitlements: { plan: 'pro' },
      context: { tenant: 'tenant-0' },
    })
  })

  it('gives up after 5 lost races, and says so', async () => {
    const store = memoryStore()
    const racing: SessionStore = {
      ...store,
      commit: async (change, entry) => {
        const answer = await store.health()
        return entry.paths.includes('entitlements') ? { ...answer, kind: 'conflict', version: 9 } : store.commit(change, entry)
      },
    }
    const gateway = await openTestGateway({ store: racing, claimsOf: pro })
    await gateway.signIn()
    expect((await refreshAs(gateway)).body).toMatchObject({ code: 'version_conflict', version: 9 })
  })

  it('refreshes the others where one cannot be, however many they are, and says so', async () => {
    const gateway = await openTestGateway({
      claimsOf: () => ({ roles: [] }),
      derive: ({ roles }, { acr }) => {
        if (acr === 'urn:odd' && (roles as string[]).length === 0) throw new Error('nothing that I know')
        return { entitlements: { plan: 'free', roles: roles as string[] } }
      },
    })
    await gateway.gateway.startSession({ ...authenticationOf('ada', { roles: ['admin'] }), acr: 'urn:odd' })
    const tokens: string[] = []
    for (let at = 0; at < 20; at += 1) tokens.push(await gateway.signIn('ada', { roles: ['admin'] }))
    expect(await refreshAs(gateway)).toMatchObject({ status: 422, body: { code: 'document_invalid' } })
    for (const token of tokens) expect((await gateway.read(token)).body.document.entitlements.roles).toEqual([])
  })

  it('counts no session that ends meanwhile', async () => {
    const store = memoryStore()
    const ending: SessionStore = {
      ...store,
      commit: async (change, entry) => {
        await store.end(change.id, 'revoked', { ...entry, operation: 'end', paths: [] })
        return store.commit(change, entry)
      },
    }
    const gateway = await openTestGateway({ store: ending, claimsOf: pro })
    const token = await gateway.signIn()
    expect((await refreshAs(gateway)).body).toMatchObject({ refreshed: 0, unchanged: 0 })
    expect((await gateway.read(token)).body).toMatchObject({ code: 'session_ended' })
  })

  it.each<[string, Partial<GatewayConfig<typeof contract>>, number, string]>([
    ['no claimsOf', {}, 501, 'refresh_unsupported'],
    ['a claimsOf that does not know the person', { claimsOf: () => null }, 404, 'not_found'],
    [
      'a claimsOf that fails',
      {
        claimsOf: () => {
          throw new Error('secret of the provider')
        },
      },
      503,
      'identity_provider_unavailable',
    ],
    [
      'claims that derive makes nothing of',
      { claimsOf: () => ({ plan: 'gold' }), derive: ({ plan }) => ({ entitlements: { plan: plan ?? 'free' } }) },
      422,
      'document_invalid',
    ],
  ])('is refused with %s, by name', async (_title, config, status, code) => {
    const gateway = await openTestGateway(config)
    await gateway.signIn()
    const answer = await refreshAs(gateway)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect(JSON.stringify(answer.body)).not.toContain('secret of the provider')
  })

  it('is refused when claimsOf takes longer than 5 s', async () => {
    const pending: (() => void)[] = []
    const timers = {
      after: (ms: number, call: () => void) => {
        if (ms === 5_000) pending.push(call)
        return () => undefined
      },
      every: () => () => undefined,
    }
    const gateway = await openTestGateway({ claimsOf: () => new Promise(() => undefined) }, { timers })
    const answer = refreshAs(gateway)
    while (pending.length === 0) await new Promise((resolve) => setImmediate(resolve))
    for (const call of pending) call()
    expect((await answer).body.code).toBe('identity_provider_unavailable')
  })

  it('is for operators alone', async () => {
    const gateway = await openTestGateway({ claimsOf: pro })
    await gateway.signIn()
    expect((await refreshAs(gateway, 'portal')).body.code).toBe('application_denied')
    expect((await gateway.call('POST', path, { as: 'admin', body: {} })).body.code).toBe('reason_required')
  })
})

describe('an operator with the client', () => {
  it('refreshes a person, and the audit names who asked', async () => {
    const { gateway, signIn, read, audit } = await openTestGateway({ claimsOf: pro })
    const [token, desk] = [await signIn(), await signIn('bob')]
    const options = { application: 'admin', gateway: origin, key: keyOf('admin') } as const
    const client = createSessionClient(contract, { ...options, transport: (at) => fetchTransport(at, (request) => gateway.fetch(request)) })
    const actor = client.open(new Request('http://localhost:4412/', { headers: { cookie: `__Host-session=${desk}` } }))
    const answer = await client.operations.refreshSubject({ issuer, subject: 'ada' }, 'plan.changed', actor)
    expect(answer).toMatchObject({ refreshed: 1, unchanged: 0, receipt: { durability: 'memory' } })
    expect((await read(token)).body.document.entitlements.plan).toBe('pro')
    expect((await audit()).at(-1)).toMatchObject({ application: 'admin', actor: `${issuer} bob`, reason: 'plan.changed' })
    const stranger = client.operations.refreshSubject({ issuer, subject: 'eve' }, 'plan.changed', actor)
    await expect(stranger).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('an application that is granted an entitlement', () => {
  const granted = defineContract({
    name: 'acme',
    revision: 3,
    entitlements: z.object({ plan: z.enum(['free', 'pro']).default('free'), roles: z.array(z.string()).default([]) }),
    applications: {
      portal: { reads: ['entitlements'] },
      billing: { reads: ['entitlements.plan'], writes: { 'entitlements.plan': ['plan.bought'] } },
    },
  })

  it('changes it for everybody to see at once, and nothing beside it', async () => {
    const applications = { portal: { key: keyOf('portal'), origins: [] }, billing: { key: keyOf('billing'), origins: [] } }
    const { idp } = configOf()
    const gateway = await createGateway(
      { contract: granted, origin, store: 'memory', idp, applications, log: { level: 'silent' } },
      { env: {} },
    )
    const start = await gateway.startSession({
      issuer,
      subject: 'ada',
      authenticatedAtMs: 0,
      acr: null,
      amr: [],
      idpSession: null,
      claims: {},
    })
    const token = start.kind === 'started' ? start.token : ''
    const ask = async (as: string, method = 'GET', body?: object, etag?: string | null) => {
      const response = await gateway.fetch(
        new Request(`${origin}/v1/session`, {
          method,
          headers: {
            'Contract-Revision': '3',
            'Content-Type': 'application/json',
            Authorization: `Bearer ${keyOf(as)}`,
            'Session-Token': token,
            ...(etag && { 'If-Match': etag }),
          },
          ...(body && { body: JSON.stringify(body) }),
        }),
      )
      // biome-ignore lint/suspicious/noExplicitAny: answers of several kinds.
      return { etag: response.headers.get('etag'), body: (await response.json()) as any }
    }
    const { etag } = await ask('billing')
    const buy = (set: object, as = 'billing') => ask(as, 'PATCH', { reason: 'plan.bought', set }, etag)
    expect((await buy({ 'entitlements.roles': ['admin'] })).body.code).toBe('write_denied')
    expect((await buy({ entitlements: { plan: 'pro', roles: ['admin'] } })).body.code).toBe('write_denied')
    expect((await buy({ 'entitlements.plan': 'gold' })).body.code).toBe('document_invalid')
    expect((await buy({ 'entitlements.plan': 'pro' }, 'portal')).body.code).toBe('write_denied')
    expect((await buy({ 'entitlements.plan': 'pro' })).body.document.entitlements).toEqual({ plan: 'pro' })
    expect((await ask('portal')).body.document.entitlements).toEqual({ plan: 'pro', roles: [] })
  })
})
