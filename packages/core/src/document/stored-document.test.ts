import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineContract } from '../contract/define-contract.ts'
import type { SessionParts } from './session-document.ts'
import { checkParts, parseStored, serializeStored } from './stored-document.ts'

const contract = defineContract({
  name: 'acme',
  revision: 2,
  entitlements: z.strictObject({ plan: z.enum(['free', 'pro']), roles: z.array(z.string()).default([]) }),
  context: z
    .object({
      tenant: z.string().nullable().default(null),
      from: z.int().default(0),
      to: z.int().default(0),
      extra: z.unknown().optional(),
    })
    .refine(({ from, to }) => from <= to),
  applications: { portal: { reads: ['context'] } },
})

const id = 'A'.repeat(43)
const identity = { subject: 'ada', issuer: 'https://login.example.com', authenticatedAt: '2026-11-01T08:00:00Z', acr: null, amr: ['pwd'] }
const parts = {
  identity,
  entitlements: { plan: 'pro', roles: ['admin'] },
  context: { tenant: 'acme', from: 1, to: 2 },
}
const stored = (change: object = {}) => JSON.stringify({ id, ...parts, ...change })
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

describe('parseStored', () => {
  it('reads what serializeStored wrote', () => {
    expect(parseStored(contract, id, serializeStored(id, parts))).toEqual({ ok: true, parts })
  })

  it('reads back every document that it would store', () => {
    const some = fc.record({
      identity: fc.record({
        ...constants(identity),
        subject: fc.string({ minLength: 1, maxLength: 255 }),
        amr: fc.array(fc.string({ maxLength: 64 }), { maxLength: 16 }),
      }),
      entitlements: fc.record({ plan: fc.constantFrom('free', 'pro'), roles: fc.array(fc.string()) }),
      context: fc.record(
        {
          tenant: fc.option(fc.string()),
          extra: fc.jsonValue({ maxDepth: 4 }),
          from: fc.nat({ max: 5 }),
          to: fc.integer({ min: 5, max: 9 }),
        },
        { requiredKeys: ['tenant', 'from', 'to'] },
      ),
    })
    fc.assert(
      fc.property(some, (made) => {
        const checked = checkParts(contract, made as SessionParts)
        if (!checked.ok) throw new Error(checked.why)
        const text = serializeStored(id, checked.parts)
        expect(parseStored(contract, id, text)).toEqual({ ok: true, parts: JSON.parse(JSON.stringify(checked.parts)) })
      }),
    )
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['half a document', stored().slice(0, 80)],
    ['two documents', stored() + stored()],
    ['a text', 'session'],
    ['bytes that are no text', '\u0000\ufffd'],
    ['a number that JSON lacks', stored().replace('"from":1', '"from":NaN')],
  ])('rule 8: refuses %s, which is not JSON', (_, text) => {
    expect(parseStored(contract, id, text)).toEqual({ ok: false, why: 'the stored text is not JSON' })
  })

  it.each<[string, string, string]>([
    ['null', 'null', 'document: invalid_type'],
    ['a list', '[]', 'document: invalid_type'],
    ['a document without an id', stored({ id: undefined }), 'id: invalid_type'],
    ['a document without identity', stored({ identity: undefined }), 'identity: invalid_type'],
    ['a document without entitlements', stored({ entitlements: undefined }), 'entitlements: invalid_type'],
    ['a document without context', stored({ context: null }), 'context: invalid_type'],
    ['a part that is a list', stored({ context: [] }), 'context: invalid_type'],
    ['an identity of nobody', stored({ identity: { ...identity, subject: '' } }), 'identity.subject: too_small'],
    ['an identity without an issuer', stored({ identity: { ...identity, issuer: undefined } }), 'identity.issuer: invalid_type'],
    ['a time that is none', stored({ identity: { ...identity, authenticatedAt: 'today' } }), 'identity.authenticatedAt: invalid_format'],
    ['a value of a foreign schema', stored({ entitlements: { plan: 'gold', roles: [] } }), 'entitlements.plan: invalid_value'],
    ['keys that contradict each other', stored({ context: { tenant: null, from: 2, to: 1 } }), 'context: custom'],
  ])('rule 8: refuses %s, naming the place and not the value', (_, text, why) => {
    expect(parseStored(contract, id, text)).toEqual({ ok: false, why })
  })

  it('rule 8: refuses the document of another session, so that a swap in the store is found out', () => {
    expect(parseStored(contract, 'B'.repeat(43), stored())).toEqual({ ok: false, why: 'the stored document belongs to another session' })
  })

  it('rule 8: refuses a document without end, and does not fall over it', () => {
    const why = 'the stored document is nested deeper than 32 levels'
    expect(parseStored(contract, id, nested(100_000))).toEqual({ ok: false, why })
    expect(parseStored(contract, id, stored({ context: { extra: JSON.parse(nested(31)) } }))).toEqual({ ok: false, why })
    expect(parseStored(contract, id, stored({ context: { extra: JSON.parse(nested(30)) } })).ok).toBe(true)
  })

  it('upgrades a document of an older revision: defaults fill what it lacks', () => {
    const older = stored({ entitlements: { plan: 'free' }, context: {} })
    expect(parseStored(contract, id, older)).toEqual({
      ok: true,
      parts: { identity, entitlements: { plan: 'free', roles: [] }, context: { tenant: null, from: 0, to: 0 } },
    })
  })

  it('keeps keys that only a newer contract knows, in a strict part too, and gives them back to the store', () => {
    const newer = stored({
      identity: { ...identity, assurance: 2 },
      entitlements: { ...parts.entitlements, seats: 4 },
      context: { ...parts.context, theme: { dark: true } },
    })
    const read = parseStored(contract, id, newer)
    if (!read.ok) throw new Error(read.why)
    expect(JSON.parse(serializeStored(id, read.parts))).toEqual(JSON.parse(newer))
  })

  it('still judges the further keys of a part that declares what they are', () => {
    const open = defineContract({ name: 'open', context: z.object({}).catchall(z.int()), applications: { portal: {} } })
    const text = (context: object) => JSON.stringify({ id, identity, entitlements: {}, context })
    expect(parseStored(open, id, text({ any: 1 }))).toMatchObject({ ok: true, parts: { context: { any: 1 } } })
    expect(parseStored(open, id, text({ any: 'text' }))).toEqual({ ok: false, why: 'context.any: invalid_type' })
  })

  it('lets no key reach the prototype of what it answers', () => {
    const read = parseStored(contract, id, stored().replace('"tenant"', '"__proto__":{"polluted":true},"tenant"'))
    if (!read.ok) throw new Error(read.why)
    expect((read.parts.context as { polluted?: unknown }).polluted).toBeUndefined()
    expect(Object.keys(read.parts.context)).not.toContain('__proto__')
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('checkParts', () => {
  it('fills defaults', () => {
    expect(checkParts(contract, { identity, entitlements: { plan: 'free' }, context: {} })).toEqual({
      ok: true,
      parts: { identity, entitlements: { plan: 'free', roles: [] }, context: { tenant: null, from: 0, to: 0 } },
    })
  })

  it('keeps keys that only a newer contract knows, in a strict part too', () => {
    const newer = { ...parts, entitlements: { ...parts.entitlements, seats: 4 }, context: { ...parts.context, theme: 'dark' } }
    expect(checkParts(contract, newer)).toEqual({ ok: true, parts: newer })
  })

  it('refuses what does not fit, naming the place and not the value', () => {
    expect(checkParts(contract, { ...parts, entitlements: { plan: 'top-secret', roles: [] } })).toEqual({
      ok: false,
      why: 'entitlements.plan: invalid_value',
    })
    expect(checkParts(contract, { ...parts, context: { tenant: null, from: 2, to: 1 } })).toEqual({ ok: false, why: 'context: custom' })
  })

  it('refuses what is nested without end', () => {
    const deep = { ...parts, context: { ...parts.context, extra: JSON.parse(nested(100)) } }
    expect(checkParts(contract, deep)).toEqual({ ok: false, why: 'the document is nested deeper than 32 levels' })
  })
})

function constants<T extends object>(values: T): { [K in keyof T]: fc.Arbitrary<T[K]> } {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, fc.constant(value)])) as never
}
