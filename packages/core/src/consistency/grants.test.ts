import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grantedKeys, isGranted, partOf, pickGranted } from './grants.ts'

const hostile = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length']
const key = fc.oneof(fc.constantFrom('a', 'b', 'ab', 'tenant'), fc.constantFrom(...hostile))
const part = fc.constantFrom('identity', 'entitlements', 'context', 'signals')
const path = fc.oneof(
  part,
  fc.tuple(part, key).map(([name, own]) => `${name}.${own}`),
)
const values = fc.dictionary(key, fc.nat())

describe('isGranted', () => {
  it('rule 12: grants nothing that is not named', () => {
    expect(isGranted([], 'context')).toBe(false)
    expect(isGranted(['context.tenant'], 'context')).toBe(false)
    expect(isGranted(['context.tenant'], 'context.tenantId')).toBe(false)
    expect(isGranted(['context'], 'contextual')).toBe(false)
    expect(isGranted(['context'], 'constructor')).toBe(false)
  })

  it('rule 12: grants a path that is named, and every key of a part that is', () => {
    fc.assert(
      fc.property(fc.array(path), path, (granted, asked) => {
        expect(isGranted(granted, asked)).toBe(granted.includes(asked) || granted.includes(asked.split('.')[0] as string))
      }),
    )
  })
})

describe('pickGranted', () => {
  it('rule 12: picks a key if and only if its path is granted', () => {
    fc.assert(
      fc.property(fc.array(path), part, values, (granted, name, content) => {
        const picked = pickGranted(granted, name, content) ?? {}
        for (const own of Object.keys(content)) expect(Object.hasOwn(picked, own)).toBe(isGranted(granted, `${name}.${own}`))
        for (const [own, value] of Object.entries(picked)) expect(content[own]).toBe(value)
      }),
    )
  })

  it('rule 12: has no answer for a part of which nothing is granted', () => {
    expect(pickGranted(['context.tenant'], 'entitlements', { tenant: 1 })).toBeUndefined()
    expect(pickGranted(['context.tenant'], 'context', {})).toEqual({})
  })

  it('does not hand out the part itself', () => {
    const content = { tenant: 'acme' }
    expect(pickGranted(['context'], 'context', content)).toEqual(content)
    expect(pickGranted(['context'], 'context', content)).not.toBe(content)
  })
})

describe('grantedKeys', () => {
  it('says all, the named keys, or none', () => {
    expect(grantedKeys(['context.a', 'context'], 'context')).toBe('all')
    expect(grantedKeys(['context.a', 'context.b', 'identity.c'], 'context')).toEqual(['a', 'b'])
    expect(grantedKeys(['contextual.a'], 'context')).toEqual([])
  })
})

describe('partOf', () => {
  it('is the path up to its first dot', () => {
    expect(partOf('context.tenant')).toBe('context')
    expect(partOf('context')).toBe('context')
    expect(partOf('context.tenant.id')).toBe('context')
  })
})
