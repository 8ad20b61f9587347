import { describe, expect, it } from 'vitest'
import { checkConfig } from '../configure.ts'
import { configOf, openTestGateway, startMs, type TestGateway } from '../fixtures/test-gateway.ts'
import type { InspectedSession } from '../routes/schemas.ts'
import { entryOf } from '../store-contract/bench.ts'
import { explainSession, type Fact } from './explain-session.ts'

const config = checkConfig(configOf(), {})

async function inspected(gateway: TestGateway, token: string): Promise<InspectedSession> {
  const { id } = (await gateway.read(token)).body.document
  return (await gateway.call('GET', `/v1/sessions/${id}`, { as: 'admin' })).body
}

function explained(session: InspectedSession | null, name: string, path: string | null = null, nowMs = startMs): readonly Fact[] {
  const application = config.applications.all.find((one) => one.name === name)
  if (!application) throw new Error(`no application ${name}`)
  return explainSession({ session, application, path, config, nowMs })
}

/** Stores a document as a gateway of another revision would. */
async function rewrite({ store }: TestGateway, id: string, contract: number, change: (body: string) => string): Promise<void> {
  const [record] = (await store.read([id])).records
  if (!record) throw new Error('no session')
  const { version, draw, body } = record
  const commit = { id, expected: { version, draw }, draw: 'abcdefgh', contract, shown: null, body: change(body), signal: null, write: null }
  await store.commit(commit, entryOf('update'))
}

const denials = (facts: readonly Fact[]) => facts.filter(({ kind }) => kind === 'deny').map(({ about, says }) => `${about}: ${says}`)
const textOf = (facts: readonly Fact[], about: Fact['about']) =>
  facts.flatMap((fact) => (fact.about === about ? [fact.says] : [])).join('\n')

describe('explainSession', () => {
  it('says what an application sees of a living session, and for how long', async () => {
    const gateway = await openTestGateway()
    const facts = explained(await inspected(gateway, await gateway.signIn()), 'billing')
    expect(denials(facts)).toEqual([])
    expect(textOf(facts, 'session')).toContain('active, version 1, until 2026-11-21T10:30:00.250Z if unused')
    expect(textOf(facts, 'session')).toContain('of ada, signed in by urn:single-state:development-people')
    expect(textOf(facts, 'reads')).toBe('billing sees identity.subject, entitlements.plan, context.tenant')
    expect(textOf(facts, 'freshness')).toContain('up to 10s ago')
    expect(textOf(facts, 'cookie')).toContain('__Host-session goes to localhost alone')
    expect(textOf(facts, 'token')).toBe('generation 1, given out 0s ago, shown since')
  })

  it.each<[reason: string, end: (gateway: TestGateway, token: string) => Promise<unknown>, says: string]>([
    [
      'revoked',
      (gateway, token) => gateway.call('DELETE', '/v1/session', { as: 'portal', token, body: { reason: 'signed.out' } }),
      'operator',
    ],
    ['expired', async (gateway) => gateway.advance(13 * 3_600_000), 'it ran out'],
  ])('says that a session is over: %s', async (reason, end, says) => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn()
    const { id } = await inspected(gateway, token)
    await end(gateway, token)
    const { body } = await gateway.call('GET', `/v1/sessions/${id}`, { as: 'admin' })
    const [denial] = denials(explained(body, 'portal'))
    expect(denial).toContain(`(${reason})`)
    expect(denial).toContain(says)
    expect(denial).toContain('new sign-in')
    expect(textOf(explained(body, 'portal'), 'token')).toBe('')
  })

  it('says that nobody knows a session, and still what the application is granted', () => {
    const facts = explained(null, 'billing', 'entitlements.roles')
    expect(denials(facts)).toEqual([
      expect.stringMatching(/^session: the store has no session of this id/),
      'reads: billing is not granted entitlements.roles: name it in applications.billing.reads of the contract',
    ])
  })

  it.each<[name: string, path: string, reads: string, denied: boolean]>([
    ['portal', 'context.tenant', 'portal sees context.tenant, by its grant of context', false],
    ['billing', 'context.tenant', 'billing sees context.tenant, by its grant of context.tenant', false],
    ['billing', 'context', 'billing sees of context only context.tenant', false],
    ['billing', 'context.tenants', 'billing is not granted context.tenants', true],
    ['desk', 'identity', 'desk is not granted identity', true],
  ])('%s and %s: %s', async (name, path, reads, denied) => {
    const gateway = await openTestGateway()
    const facts = explained(await inspected(gateway, await gateway.signIn()), name, path)
    expect(textOf(facts, 'reads')).toContain(reads)
    expect(denials(facts).length > 0).toBe(denied)
  })

  it.each<[name: string, path: string | null, says: string]>([
    ['portal', 'context.tenant', 'portal changes context.tenant for tenant.switch or tenant.leave'],
    ['portal', 'signals.tenantChanged', 'portal publishes signals.tenantChanged'],
    ['billing', 'context.tenant', 'billing does not change context.tenant: a write of it is refused as write_denied'],
    ['billing', null, 'billing changes nothing'],
    ['portal', null, 'portal changes context.tenant, context.theme, signals.tenantChanged'],
  ])('%s and writing %s: %s', (name, path, says) => {
    expect(textOf(explained(null, name, path), 'writes')).toBe(says)
  })

  it.each<[what: string, contract: number, change: (body: string) => string, answer: object, denied: string[], says: string]>([
    ['of an older contract', 2, (body) => body, { status: 200 }, [], 'written under revision 2, read as revision 3'],
    [
      'of a newer contract that has only added to it',
      4,
      (body) => body.replace('"plan"', '"added":1,"plan"'),
      { status: 200 },
      [],
      'written under revision 4, read as revision 3: what only the newer one knows is left out',
    ],
    [
      'of a newer contract that cannot be read as this one',
      4,
      () => '{}',
      { status: 409, body: { code: 'contract_mismatch' } },
      [
        'contract: written under revision 4, which cannot be read as revision 3: unavailable until that is deployed here. Nobody is signed out',
      ],
      '',
    ],
    [
      'of this contract that is not valid',
      3,
      () => '{}',
      { status: 401, body: { code: 'session_invalid' } },
      ['session: its stored document is not valid: the next read ends it, and the person signs in again'],
      '',
    ],
  ])('says of a document what its next read meets: one %s', async (_what, contract, change, answer, denied, says) => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn()
    const { id } = await inspected(gateway, token)
    await rewrite(gateway, id, contract, change)
    const { body } = await gateway.call('GET', `/v1/sessions/${id}`, { as: 'admin' })
    const facts = explained(body, 'portal')
    expect(denials(facts)).toEqual(denied)
    expect(
      textOf(
        facts.filter(({ kind }) => kind === 'note'),
        'contract',
      ),
    ).toBe(says)
    expect(await gateway.read(token)).toMatchObject(answer)
  })

  it('says that the token has expired and will be exchanged', async () => {
    const gateway = await openTestGateway()
    const session = await inspected(gateway, await gateway.signIn())
    expect(textOf(explained(session, 'portal', null, startMs + 361_000), 'token')).toContain(
      'given out 6m1s ago, shown since; it has expired',
    )
  })
})
