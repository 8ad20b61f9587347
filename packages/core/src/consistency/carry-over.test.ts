import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { carryOver } from './carry-over.ts'

const person = { issuer: 'https://login.example.com', subject: 'ada' }
const fresh = { entitlements: { roles: ['user'] }, context: { locale: 'en', tenant: null } }
const previous = { identity: person, entitlements: { roles: ['admin'] }, context: { locale: 'de', tenant: 'acme' } }

describe('carryOver', () => {
  it('rule 13: takes along what is named, from a session of the same person', () => {
    expect(carryOver(fresh, previous, person, ['context.locale'])).toEqual({
      entitlements: { roles: ['user'] },
      context: { locale: 'de', tenant: null },
      carried: ['context.locale'],
    })
  })

  it('rule 13: takes a whole part along, and says which keys came', () => {
    expect(carryOver(fresh, previous, person, ['context', 'entitlements.roles'])).toEqual({
      entitlements: { roles: ['admin'] },
      context: { locale: 'de', tenant: 'acme' },
      carried: ['entitlements.roles', 'context.locale', 'context.tenant'],
    })
  })

  it.each<[string, Parameters<typeof carryOver>[1]]>([
    ['another subject', { ...previous, identity: { ...person, subject: 'bob' } }],
    ['the same subject at another issuer', { ...previous, identity: { ...person, issuer: 'https://other.example.com' } }],
    ['nobody', undefined],
  ])('rule 13: takes nothing along from %s', (_, from) => {
    expect(carryOver(fresh, from, person, ['context', 'entitlements'])).toEqual({ ...fresh, carried: [] })
  })

  it('rule 13: says of a key that the session did not have that nothing came', () => {
    expect(carryOver(fresh, previous, person, ['context.theme']).carried).toEqual([])
  })

  it('rule 13: changes no key that is not carried, and carries every value as it was', () => {
    const content = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.nat({ max: 99 }))
    const paths = fc.subarray(['context', 'context.a', 'context.b', 'entitlements', 'entitlements.c', 'context.__proto__'])
    fc.assert(
      fc.property(content, content, content, paths, fc.boolean(), (freshContext, oldContext, oldEntitlements, names, same) => {
        const from = { identity: same ? person : { ...person, subject: 'bob' }, context: oldContext, entitlements: oldEntitlements }
        const made = carryOver({ context: freshContext, entitlements: {} }, from, person, names)
        for (const key of Object.keys(made.context)) {
          const source = made.carried.includes(`context.${key}`) ? oldContext : freshContext
          expect(made.context[key]).toBe(source[key])
        }
        for (const key of Object.keys(made.entitlements)) expect(made.carried).toContain(`entitlements.${key}`)
        for (const path of made.carried) expect(names.some((name) => path === name || path.startsWith(`${name}.`))).toBe(true)
        if (!same) expect(made.carried).toEqual([])
      }),
    )
  })
})
