import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { compareContracts } from './compare-contracts.ts'
import type { ContractChange } from './contract-change.ts'
import { defineContract } from './define-contract.ts'
import { describeContract, parseContractDescription } from './describe-contract.ts'
import { signal } from './signal.ts'

const base = {
  name: 'acme',
  revision: 3,
  entitlements: z.object({ plan: z.enum(['free', 'pro']), roles: z.array(z.string()) }),
  context: z.object({ tenant: z.string().nullable(), locale: z.string() }),
  signals: { tenantChanged: signal(z.object({ tenant: z.string() }), { ttl: '30s' }) },
  applications: {
    portal: {
      reads: ['identity', 'entitlements', 'context', 'signals.tenantChanged'],
      writes: { 'context.tenant': ['tenant.switch', 'tenant.reset'] },
      publishes: ['tenantChanged'],
    },
    billing: { reads: ['identity.subject', 'entitlements.plan'], stale: '10s', operates: 'own' },
  },
  carryOver: ['context.locale'],
  lifetime: { token: '2m', idle: '30m', absolute: '12h' },
  limits: { bytes: 4_096 },
}
const { portal, billing } = base.applications
const applications = (change: object) => ({ applications: { ...base.applications, ...change } })

/** A contract as it comes back from the file that it was committed in. */
const described = (definition: object) =>
  parseContractDescription(JSON.parse(JSON.stringify(describeContract(defineContract(definition as never)))))
const compare = (older: object, newer: object) => compareContracts(described({ ...base, ...older }), described({ ...base, ...newer }))
const lines = (changes: readonly ContractChange[]) => changes.map(({ path, kind, why }) => `${kind} ${path}: ${why}`)

/** A change of the contract, what it says in this direction, and what in the other. */
type Case = readonly [title: string, change: object, there: readonly string[], back: readonly string[]]

describe('compareContracts', () => {
  it('finds nothing between a contract and itself', () => {
    expect(compare({}, {})).toEqual([])
  })

  it('finds nothing when only the order of things or the wording changed', () => {
    const reordered = {
      entitlements: z.object({
        roles: z.array(z.string()),
        plan: z.union([z.literal('pro'), z.literal('free')]).describe('what was bought'),
      }),
      applications: {
        billing,
        portal: { ...portal, reads: [...portal.reads].reverse(), writes: { 'context.tenant': ['tenant.reset', 'tenant.switch'] } },
      },
    }
    expect(compare({}, reordered)).toEqual([])
  })

  it.each<Case>([
    [
      'another name',
      { name: 'other' },
      ['breaking name: the contract was acme and is other: older applications are of another contract'],
      ['breaking name: the contract was other and is acme: older applications are of another contract'],
    ],
    ['a raised revision', { revision: 4 }, ['safe revision: went from 3 to 4'], ['breaking revision: went back from 4 to 3']],
    [
      'an added application',
      applications({ admin: { operates: 'all' } }),
      ['safe applications.admin: was added'],
      ['breaking applications.admin: was removed'],
    ],
    [
      'an added signal',
      { signals: { ...base.signals, signedOut: signal(z.boolean(), { ttl: '1s' }) } },
      ['safe signals.signedOut: was added'],
      ['breaking signals.signedOut: was removed'],
    ],
    [
      'a signal with a longer life',
      { signals: { tenantChanged: signal(z.object({ tenant: z.string() }), { ttl: '60s' }) } },
      ['safe signals.tenantChanged.ttl: went from 30000 to 60000 ms'],
      ['breaking signals.tenantChanged.ttl: went from 60000 to 30000 ms: readers lose it sooner than older publishers count on'],
    ],
    [
      'a signal with another value',
      { signals: { tenantChanged: signal(z.object({ tenant: z.string(), by: z.string().optional() }), { ttl: '30s' }) } },
      ['safe signals.tenantChanged.by: an optional key was added'],
      ['breaking signals.tenantChanged.by: the key was removed: older readers may need it, and older writers may set it'],
    ],
    [
      'an added read',
      applications({ billing: { ...billing, reads: [...billing.reads, 'context.tenant'] } }),
      ['safe applications.billing.reads: context.tenant was granted'],
      [
        'breaking applications.billing.reads: context.tenant is not granted any more: older readers need it',
        'breaking applications.billing.reads: context is not granted any more: older readers need it',
      ],
    ],
    [
      'a key that becomes its whole part',
      applications({ billing: { ...billing, reads: ['identity.subject', 'entitlements'] } }),
      ['safe applications.billing.reads: entitlements.roles was granted'],
      ['breaking applications.billing.reads: entitlements.roles is not granted any more: older readers need it'],
    ],
    [
      'an added write',
      applications({ portal: { ...portal, writes: { ...portal.writes, 'context.locale': ['locale.set'] } } }),
      ["safe applications.portal.writes['context.locale']: was granted"],
      ["breaking applications.portal.writes['context.locale']: is not granted any more: older writers need it"],
    ],
    [
      'an added reason',
      applications({ portal: { ...portal, writes: { 'context.tenant': ['tenant.switch', 'tenant.reset', 'tenant.drop'] } } }),
      ["safe applications.portal.writes['context.tenant']: tenant.drop was added"],
      ["breaking applications.portal.writes['context.tenant']: tenant.drop was removed: older applications use it"],
    ],
    [
      'an added publisher',
      applications({ billing: { ...billing, publishes: ['tenantChanged'] } }),
      ['safe applications.billing.publishes: tenantChanged was added'],
      ['breaking applications.billing.publishes: tenantChanged was removed: older applications use it'],
    ],
    [
      'a longer stale',
      applications({ billing: { ...billing, stale: '30s' } }),
      ['safe applications.billing.stale: went from 10000 to 30000 ms'],
      [
        'breaking applications.billing.stale: went from 30000 to 10000 ms: older applications go on serving what is older than now promised',
      ],
    ],
    [
      'a wider operator',
      applications({ billing: { ...billing, operates: 'all' } }),
      ['safe applications.billing.operates: went from own to all'],
      ['breaking applications.billing.operates: went from all to own: older applications reach sessions beyond it'],
    ],
    [
      'an added carry-over',
      { carryOver: ['context.locale', 'context.tenant'] },
      ['safe carryOver: context.tenant was added: it concerns new sessions only'],
      ['safe carryOver: context.tenant was removed: it concerns new sessions only'],
    ],
    [
      'longer lives',
      { lifetime: { token: '5m', idle: '1h', absolute: '24h' } },
      [
        'safe lifetime.token: went from 120000 to 300000 ms',
        'safe lifetime.idle: went from 1800000 to 3600000 ms',
        'safe lifetime.absolute: went from 43200000 to 86400000 ms',
      ],
      [
        'breaking lifetime.token: went from 300000 to 120000 ms: tokens run out sooner than older applications expect',
        'breaking lifetime.idle: went from 3600000 to 1800000 ms: people are asked to sign in sooner than older applications expect',
        'breaking lifetime.absolute: went from 86400000 to 43200000 ms: people are asked to sign in sooner than older applications expect',
      ],
    ],
    [
      'a larger document',
      { limits: { bytes: 8_192 } },
      ['safe limits.bytes: went from 4096 to 8192 bytes'],
      ['breaking limits.bytes: went from 8192 to 4096 bytes: older documents may be larger'],
    ],
  ])('judges %s, and its reverse', (_, change, there, back) => {
    expect(lines(compare({}, change))).toEqual(there)
    expect(lines(compare(change, {}))).toEqual(back)
  })

  it('does not mind that a whole part is granted by its keys, as long as all are there', () => {
    const byKeys = { ...portal, reads: ['identity', 'entitlements.plan', 'entitlements.roles', 'context', 'signals.tenantChanged'] }
    expect(compare({}, applications({ portal: byKeys }))).toEqual([])
  })

  it('finds a part missing that is granted no more, although it has no keys', () => {
    const change = { context: z.object({}), carryOver: [], applications: { portal: { reads: ['context'] } } }
    const less = { ...change, applications: { portal: {} } }
    expect(lines(compare(change, less))).toEqual([
      'breaking applications.portal.reads: context is not granted any more: older readers need it',
    ])
  })

  it('says once that a key is gone, not again for everybody who read it', () => {
    const byKeys = { portal: { ...portal, reads: ['entitlements.plan', 'entitlements.roles'] }, billing }
    const without = { portal: { ...portal, reads: ['entitlements.plan'] }, billing }
    const entitlements = z.object({ plan: z.enum(['free', 'pro']) })
    expect(compare({}, { entitlements }).map(({ path }) => path)).toEqual(['entitlements.roles'])
    expect(compare({ applications: byKeys }, { applications: without, entitlements }).map(({ path }) => path)).toEqual([
      'entitlements.roles',
    ])
  })

  it('finds a key that is added to a strict part safe, in every part', () => {
    const strict = { entitlements: z.strictObject({}), context: z.strictObject({}), carryOver: [], applications: { portal: {} } }
    const more = z.strictObject({ later: z.string().optional() })
    expect(lines(compare(strict, { ...strict, entitlements: more, context: more }))).toEqual([
      'safe entitlements.later: an optional key was added',
      'safe context.later: an optional key was added',
    ])
  })
})

describe('parseContractDescription', () => {
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'found invalid_type at its root'],
    ['a list', [], 'found invalid_type at its root'],
    ['a description without signals', { ...described(base), signals: undefined }, 'found invalid_type at signals'],
    [
      'an application of another shape',
      { ...described(base), applications: { portal: { reads: 'identity' } } },
      'at applications.portal.reads',
    ],
  ])('refuses %s', (_, json, message) => {
    expect(() => parseContractDescription(json)).toThrow(TypeError)
    expect(() => parseContractDescription(json)).toThrow(message)
  })
})
