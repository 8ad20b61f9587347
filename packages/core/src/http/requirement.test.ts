import { describe, expect, it } from 'vitest'
import { freshnessFor, type Requirement, requirementOf, unmet as unmetAt } from './requirement.ts'

const session = {
  id: 'S',
  identity: { subject: 'ada', amr: ['pwd', 'otp'] },
  entitlements: { roles: ['admin'], limits: { seats: 5, until: null } },
  context: { tenant: 'acme' },
}
type View = typeof session
const nowMs = Date.parse('2026-11-21T10:00:00Z')
const unmet = <V>(view: V, requirement: Requirement<V>) => unmetAt(view, requirement, nowMs)
const conflict = { status: 'conflict', code: 'expectation_failed' }
const expecting = (expect: unknown) => unmet(session, { expect } as Requirement<View>)

describe('a requirement', () => {
  it('is met by a session where nothing is asked', () => {
    expect(unmet(session, {})).toBeNull()
  })

  it.each<[string, unknown]>([
    ['a text', { 'context.tenant': 'acme' }],
    ['a list', { 'identity.amr': ['pwd', 'otp'] }],
    ['an object, its keys in any order', { 'entitlements.limits': { until: null, seats: 5 } }],
    ['a whole part', { context: { tenant: 'acme' } }],
    ['several', { 'context.tenant': 'acme', 'identity.subject': 'ada' }],
    ['nothing', {}],
  ])('is met where the session says what is expected: %s', (_title, expected) => {
    expect(expecting(expected)).toBeNull()
  })

  it.each<[string, unknown]>([
    ['another text', { 'context.tenant': 'other' }],
    ['other letters', { 'context.tenant': 'Acme' }],
    ['one of several', { 'identity.subject': 'ada', 'context.tenant': 'other' }],
    ['a list in another order', { 'identity.amr': ['otp', 'pwd'] }],
    ['a longer list', { 'identity.amr': ['pwd', 'otp', 'x'] }],
    ['a shorter list', { 'identity.amr': ['pwd'] }],
    ['a text like a list', { 'identity.amr': 'pwd,otp' }],
    ['an object like a list', { 'identity.amr': { 0: 'pwd', 1: 'otp' } }],
    ['an object with a key more', { 'entitlements.limits': { seats: 5, until: null, x: 1 } }],
    ['an object with another key', { 'entitlements.limits': { seats: 5, untill: null } }],
    ['a number as a text', { 'entitlements.limits': { seats: '5', until: null } }],
    ['null for a text', { 'context.tenant': null }],
    ['undefined for a text', { 'context.tenant': undefined }],
    ['a key that is not there', { 'context.locale': 'en' }],
    ['a part that is not there', { 'signals.x': 1 }],
    ['a name of every object', { 'context.constructor': Object }],
    ['a path that goes on', { 'context.tenant.length': 4 }],
  ])('is in conflict where the session says otherwise: %s', (_title, expected) => {
    expect(expecting(expected)).toEqual(conflict)
  })

  it('does not take what every object inherits for a key of its own', () => {
    const odd = { part: JSON.parse('{"__proto__":{}}') }
    expect(unmet(odd, { expect: { part: { key: 1 } } } as Requirement<typeof odd>)).toEqual(conflict)
  })

  it('is not met where the predicate says no', () => {
    expect(unmet(session, { where: ({ entitlements }) => entitlements.roles.includes('owner') })).toEqual({ status: 'forbidden' })
    expect(unmet(session, { where: ({ entitlements }) => entitlements.roles.includes('admin') })).toBeNull()
  })

  it.each<[string, unknown]>([
    ['a promise', Promise.resolve(true)],
    ['a promise of no', Promise.resolve(false)],
    ['1', 1],
    ['a text', 'yes'],
    ['nothing', undefined],
    ['an object', {}],
  ])('is not met by a predicate that answers %s instead of true', (_title, answer) => {
    expect(unmet(session, { where: () => answer as boolean })).toEqual({ status: 'forbidden' })
  })

  it('hands on what the predicate throws', () => {
    const broken = () => {
      throw new RangeError('mine')
    }
    expect(() => unmet(session, { where: broken })).toThrow(RangeError)
  })

  it('says conflict, not forbidden, where both are true: the predicate is not asked about another tenant', () => {
    expect(unmet(session, { expect: { 'context.tenant': 'other' }, where: () => false })).toEqual(conflict)
  })
})

describe('a requirement as an application without types gives it', () => {
  const rule = () => true

  it.each<[string, unknown, RegExp]>([
    ['a mistyped option', { were: rule }, /^require: .*"were"/],
    ['an option that there is not', { roles: ['admin'] }, /^require: .*"roles"/],
    ['a predicate that is missing', { where: undefined }, /^require\.where: .*undefined/],
    ['an answer for a predicate', { where: true }, /^require\.where: .*boolean/],
    ['no values', { expect: null }, /^require\.expect: .*null/],
    ['a text for a yes', { fresh: 'no' }, /^require\.fresh: .*string/],
    ['null', null, /^require: .*null/],
    ['a list', [rule], /^require: /],
    ['no', false, /^require: .*boolean/],
    ['a promise', Promise.resolve({ where: rule }), /^require: .*promise/],
    ['an assurance that asks nothing', { assurance: {} }, /^require\.assurance: /],
    ['an assurance that is missing', { assurance: undefined }, /^require\.assurance: /],
    ['an assurance of an option that there is not', { assurance: { amr: 'otp' } }, /^require\.assurance: .*"amr"/],
    ['no class', { assurance: { acr: [] } }, /^require\.assurance\.acr: /],
    ['an empty class', { assurance: { acr: '' } }, /^require\.assurance\.acr: /],
    ['two classes in one text', { assurance: { acr: 'a b' } }, /^require\.assurance\.acr: /],
    ['a class with a quote', { assurance: { acr: 'a"' } }, /^require\.assurance\.acr: /],
    ['a class that is a number', { assurance: { acr: [2] } }, /^require\.assurance\.acr: /],
    ['nine classes', { assurance: { acr: [...'abcdefghi'] } }, /^require\.assurance\.acr: expected 1 to 8 /],
    [
      'an age of more than a year',
      { assurance: { maxAge: '366d' } },
      /^require\.assurance\.maxAge: expected '30s' to '365d', found "366d"/,
    ],
    ['256 characters of classes', { assurance: { acr: ['a'.repeat(128), 'b'.repeat(127)] } }, /^require\.assurance\.acr: /],
    ['an age in numbers', { assurance: { maxAge: 300 } }, /^require\.assurance\.maxAge: /],
    ['an age that a sign-in cannot meet', { assurance: { maxAge: '29s' } }, /^require\.assurance\.maxAge: .*'30s'/],
  ])('is refused for %s: it would ask nothing', (_title, given, message) => {
    expect(() => requirementOf(given as Requirement<View>)).toThrow(message)
    expect(() => requirementOf(() => given as Requirement<View>)({})).toThrow(message)
  })

  it('is refused for a predicate of the session in its place, which answers yes, no or nothing', () => {
    for (const answer of [true, false, undefined]) {
      expect(() => requirementOf(() => answer as unknown as Requirement<View>)({})).toThrow(TypeError)
    }
  })

  it('is nothing where nothing is given, and whatever it says where all is right', () => {
    expect(requirementOf()({})).toEqual({})
    const given = { where: rule, expect: {}, fresh: false, freshness: 'strict', atLeast: 1, outageGrace: '1s' } as const
    expect(requirementOf(given)({})).toBe(given)
    expect(requirementOf((tenant: string) => ({ expect: { 'context.tenant': tenant } }))('acme')).toEqual({
      expect: { 'context.tenant': 'acme' },
    })
  })
})

describe('freshnessFor', () => {
  const defaults = { freshness: { maxAge: '5s' }, outageGrace: '10s' } as const

  it('is what the client says where the requirement says nothing', () => {
    expect(freshnessFor({}, defaults)).toEqual({ live: false, maxAgeMs: 5_000, outageGraceMs: 10_000, atLeast: undefined })
  })

  it('is what the requirement says where it says something', () => {
    expect(freshnessFor({ freshness: 'strict', atLeast: 3 }, defaults)).toEqual({
      live: false,
      maxAgeMs: 0,
      outageGraceMs: 10_000,
      atLeast: 3,
    })
  })

  it('is strict and without grace for a fresh one, whatever else is said', () => {
    const strict = { live: false, maxAgeMs: 0, outageGraceMs: 0, atLeast: 7 }
    expect(freshnessFor({ fresh: true, atLeast: 7 }, defaults)).toEqual(strict)
    expect(freshnessFor({ fresh: true, atLeast: 7, outageGrace: '10s', freshness: { maxAge: '10s' } }, defaults)).toEqual(strict)
  })

  it('refuses a duration that is none', () => {
    expect(() => freshnessFor({ outageGrace: 'long' as '1s' }, {})).toThrow('outageGrace: expected a duration')
  })
})

describe('a requirement of assurance', () => {
  const person = { identity: { subject: 'ada', acr: 'mfa', authenticatedAt: '2026-11-21T09:58:00.000Z' } }
  const judged = (requirement: Requirement<typeof person>, view = person) => unmet(view, requirement)

  it('is met by a sign-in that is as strong and as recent as asked', () => {
    expect(judged({ assurance: { acr: 'mfa' } })).toBeNull()
    expect(judged({ assurance: { acr: ['hardware', 'mfa'], maxAge: '2m' } })).toBeNull()
  })

  it('is not met by a weaker or an older one', () => {
    const insufficient = { status: 'insufficient' }
    expect(judged({ assurance: { acr: 'hardware' } })).toEqual(insufficient)
    expect(judged({ assurance: { acr: 'mfa', maxAge: '1m' } })).toEqual(insufficient)
    const { identity } = person
    expect(judged({ assurance: { acr: 'mfa' } }, { identity: { ...identity, acr: null as unknown as string } })).toEqual(insufficient)
    expect(judged({ assurance: { maxAge: '1m' } }, { identity: { ...identity, authenticatedAt: 'never' } })).toEqual(insufficient)
  })

  it('is judged before what the better sign-in may change', () => {
    const where = () => {
      throw new Error('asked about the session that is to be replaced')
    }
    expect(judged({ assurance: { acr: 'hardware' }, where })).toEqual({ status: 'insufficient' })
  })

  it('is a mistake where the application may not read what it is judged by: no sign-in would ever be enough', () => {
    const blind = { identity: { subject: 'ada' } } as typeof person
    expect(() => judged({ assurance: { acr: 'mfa' } }, blind)).toThrow("reads 'identity.acr'")
    expect(() => judged({ assurance: { maxAge: '5m' } }, blind)).toThrow("reads 'identity.authenticatedAt'")
  })
})
