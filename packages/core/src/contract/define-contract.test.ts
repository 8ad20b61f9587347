import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AnyContract } from './contract.ts'
import { defineContract } from './define-contract.ts'
import { signal } from './signal.ts'

/** The least that is a contract, with what a case changes of it; typed loosely, as a caller without a compiler would call. */
const define = (change: object = {}): AnyContract => defineContract({ name: 'acme', applications: { portal: {} }, ...change } as never)
const grant = (grants: object, more: object = {}) =>
  define({
    entitlements: z.object({ roles: z.array(z.string()) }),
    context: z.object({ tenant: z.string().nullable() }),
    signals: { tenantChanged: signal(z.object({ tenant: z.string() }), { ttl: '30s' }) },
    applications: { portal: grants },
    ...more,
  })

describe('defineContract', () => {
  it('fills in every default', () => {
    const contract = defineContract({ name: 'acme', applications: { portal: {} } })
    expect(contract).toMatchObject({
      name: 'acme',
      revision: 1,
      signals: {},
      applications: { portal: {} },
      carryOver: [],
      lifetime: { tokenMs: 300_000, idleMs: 1_800_000, absoluteMs: 43_200_000 },
      limits: { bytes: 8_192 },
    })
    expect(contract.entitlements.parse({})).toEqual({})
    expect(contract.context.parse({})).toEqual({})
  })

  it('keeps what it is told', () => {
    const contract = grant(
      {
        reads: ['identity.subject', 'signals'],
        writes: { context: ['context.set'] },
        publishes: ['tenantChanged'],
        stale: '30s',
        operates: 'own',
      },
      { revision: 7, carryOver: ['context.tenant'], lifetime: { token: '1s', idle: '2s', absolute: '365d' }, limits: { bytes: 65_536 } },
    )
    expect(contract).toMatchObject({
      revision: 7,
      carryOver: ['context.tenant'],
      lifetime: { tokenMs: 1_000, idleMs: 2_000, absoluteMs: 31_536_000_000 },
      limits: { bytes: 65_536 },
      signals: { tenantChanged: { ttlMs: 30_000 } },
    })
  })

  it('is frozen at every depth, and neither freezes nor follows what it was given', () => {
    const reads = ['identity', 'context']
    const lifetime = { token: '1m' }
    const contract = grant({ reads, writes: { 'context.tenant': ['tenant.switch'] } }, { lifetime })
    expect(() => Object.assign(contract, { name: 'other' })).toThrow(TypeError)
    expect(() => Object.assign(contract.lifetime, { tokenMs: 1 })).toThrow(TypeError)
    expect(() => Object.assign(contract.limits, { bytes: 1 })).toThrow(TypeError)
    expect(() => Object.assign(contract.signals['tenantChanged'] as object, { ttlMs: 1 })).toThrow(TypeError)
    expect(() => Object.assign(contract.applications['portal'] as object, { operates: 'all' })).toThrow(TypeError)
    reads.push('signals')
    expect(contract.applications).toEqual({ portal: { reads: ['identity', 'context'], writes: { 'context.tenant': ['tenant.switch'] } } })
  })

  it('leaves its schemas in working order', () => {
    const contract = grant({ reads: ['context'] })
    expect(contract.context.loose().safeParse({ tenant: 'acme' }).success).toBe(true)
    expect(contract.signals['tenantChanged']?.schema.safeParse({ tenant: 3 }).success).toBe(false)
  })
})

describe('defineContract refuses, naming the option,', () => {
  it.each<[string, object, string]>([
    ['a name that is missing', { name: undefined }, 'name: expected 1 to 64 characters of a-z, 0-9 and hyphen, found undefined'],
    ['a name with capitals', { name: 'Acme' }, 'name: expected 1 to 64 characters of a-z, 0-9 and hyphen, found "Acme"'],
    ['a name that is too long', { name: 'a'.repeat(65) }, 'name: expected 1 to 64 characters'],
    ['a revision of 0', { revision: 0 }, 'revision: expected a whole number from 1, found 0'],
    ['a revision with a fraction', { revision: 1.5 }, 'revision: expected a whole number from 1, found 1.5'],
    ['an option that is mistyped', { applicatons: {} }, 'contract: expected no option but name, revision'],
    ['a lifetime that is mistyped', { lifetime: { ttl: '1m' } }, 'lifetime: expected no option but token, idle, absolute; found "ttl"'],
    ['a limit that is mistyped', { limits: { byte: 1 } }, 'limits: expected no option but bytes; found "byte"'],
    ['no applications', { applications: undefined }, 'applications: expected an object'],
    ['an empty list of applications', { applications: {} }, 'applications: expected at least one application'],
    ['a document limit that is too small', { limits: { bytes: 1_023 } }, 'limits.bytes: expected 1024 to 65536, found 1023'],
    ['a document limit that is too large', { limits: { bytes: 65_537 } }, 'limits.bytes: expected 1024 to 65536, found 65537'],
    ['a document limit that is no number', { limits: { bytes: '8k' } }, 'limits.bytes: expected 1024 to 65536, found 8k'],
    [
      'a duration without a unit',
      { lifetime: { idle: '30' } },
      'lifetime.idle: expected a duration such as \'30s\', at most 36500d, found "30"',
    ],
    [
      'a duration that is a number',
      { lifetime: { idle: 30 } },
      "lifetime.idle: expected a duration such as '30s', at most 36500d, found 30",
    ],
    ['a token that lives too long', { lifetime: { token: '301s' } }, 'lifetime.token: expected 1s to 5m, found 301000 ms'],
    ['a token that lives too short', { lifetime: { token: '999ms' } }, 'lifetime.token: expected 1s to 5m, found 999 ms'],
    [
      'an idle end not after the token',
      { lifetime: { token: '1m', idle: '60s' } },
      'lifetime.idle: expected more than lifetime.token (60000 ms), found 60000 ms',
    ],
    [
      'an absolute end before the idle one',
      { lifetime: { idle: '1h', absolute: '59m' } },
      'lifetime.absolute: expected at least lifetime.idle (3600000 ms)',
    ],
    ['an absolute end beyond a year', { lifetime: { absolute: '366d' } }, 'lifetime.absolute: expected at most 365d'],
  ])('%s', (_, change, message) => {
    expect(() => define(change)).toThrow(TypeError)
    expect(() => define(change)).toThrow(message)
  })

  it('a contract that is none', () => {
    expect(() => defineContract(null as never)).toThrow(new TypeError('contract: expected an object, found null'))
  })

  it.each<[string, object, string]>([
    ['an application name with capitals', { applications: { Portal: {} } }, 'applications.Portal: expected a name of 1 to 32 characters'],
    ['an application named like a prototype', { applications: JSON.parse('{"__proto__":{}}') }, 'applications.__proto__: expected a name'],
    ['an application without grants', { applications: { portal: null } }, 'applications.portal: expected an object, found null'],
    [
      'a carry-over that no path names',
      { carryOver: ['context.nope'] },
      'carryOver: expected one of entitlements, entitlements.roles, context',
    ],
    ['a carry-over of the identity', { carryOver: ['identity'] }, 'carryOver: expected one of'],
  ])('%s', (_, change, message) => {
    expect(() => grant({}, change)).toThrow(TypeError)
    expect(() => grant({}, change)).toThrow(message)
  })

  it.each<[string, object, string]>([
    [
      'a grant that is mistyped',
      { read: ['identity'] },
      'applications.portal: expected no option but reads, writes, publishes, stale, operates; found "read"',
    ],
    ['reads of an unknown path', { reads: ['entitlements.nope'] }, 'applications.portal.reads: expected one of identity, identity.subject'],
    ['reads of the prototype', { reads: ['__proto__'] }, 'applications.portal.reads: expected one of'],
    ['reads of three segments', { reads: ['context.tenant.id'] }, 'applications.portal.reads: expected one of'],
    ['reads that are a text', { reads: 'identity' }, 'applications.portal.reads: expected a list, found string'],
    [
      'writes of the identity',
      { writes: { identity: ['x'] } },
      'applications.portal.writes: expected no option but entitlements, entitlements.roles, context, context.tenant',
    ],
    ['writes that are a list', { writes: ['context'] }, 'applications.portal.writes: expected an object, found object'],
    ['a write without a reason', { writes: { context: [] } }, "applications.portal.writes['context']: expected at least one reason code"],
    [
      'a write with one reason as a text',
      { writes: { context: 'x' } },
      "applications.portal.writes['context']: expected at least one reason code",
    ],
    [
      'a reason that is a sentence',
      { writes: { context: ['Because I can'] } },
      "applications.portal.writes['context']: expected a reason code",
    ],
    ['a reason that is null', { writes: { context: [null] } }, 'found null'],
    ['a reason that a signal would give', { writes: { context: ['signal.x'] } }, '"signal.x" begins like the reason of a published signal'],
    ['a signal that is not there', { publishes: ['nope'] }, 'applications.portal.publishes: expected one of tenantChanged; found "nope"'],
    ['a stale of more than 30 s', { stale: '31s' }, 'applications.portal.stale: expected at most 30s, found 31s'],
    ['a stale that is none', { stale: 'soon' }, "applications.portal.stale: expected a duration such as '30s'"],
    ['an operator of another kind', { operates: 'some' }, 'applications.portal.operates: expected one of own, all; found "some"'],
  ])('%s', (_, grants, message) => {
    expect(() => grant(grants)).toThrow(TypeError)
    expect(() => grant(grants)).toThrow(message)
  })
})

describe('signal', () => {
  it('reads its time to live', () => {
    expect(signal(z.string(), { ttl: '1h' }).ttlMs).toBe(3_600_000)
  })

  it.each(['0ms', '3601s', '1.5s', ''])('refuses a time to live of %j', (ttl) => {
    expect(() => signal(z.string(), { ttl: ttl as never })).toThrow(/^signal ttl: expected/)
  })
})
