import { describe, expect, it } from 'vitest'
import { freshnessFor, type Requirement, requirementOf, unmet } from './requirement.ts'

const session = {
  id: 'S',
  identity: { subject: 'ada', amr: ['pwd', 'otp'] },
  entitlements: { roles: ['admin'], limits: { seats: 5, until: null } },
  context: { tenant: 'acme' },
}
type View = typeof session
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
    expect(freshnessFor({}, defaults)).toEqual({ maxAgeMs: 5_000, outageGraceMs: 10_000, atLeast: undefined })
  })

  it('is what the requirement says where it says something', () => {
    expect(freshnessFor({ freshness: 'strict', atLeast: 3 }, defaults)).toEqual({ maxAgeMs: 0, outageGraceMs: 10_000, atLeast: 3 })
  })

  it('is strict and without grace for a fresh one, whatever else is said', () => {
    const strict = { maxAgeMs: 0, outageGraceMs: 0, atLeast: 7 }
    expect(freshnessFor({ fresh: true, atLeast: 7 }, defaults)).toEqual(strict)
    expect(freshnessFor({ fresh: true, atLeast: 7, outageGrace: '10s', freshness: { maxAge: '10s' } }, defaults)).toEqual(strict)
  })

  it('refuses a duration that is none', () => {
    expect(() => freshnessFor({ outageGrace: 'long' as '1s' }, {})).toThrow('outageGrace: expected a duration')
  })
})
