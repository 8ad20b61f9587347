import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineContract } from '../contract/define-contract.ts'
import { signal } from '../contract/signal.ts'
import { composeView, createViewReader } from './parse-view.ts'
import type { WireDocument } from './session-document.ts'

const contract = defineContract({
  name: 'acme',
  entitlements: z.strictObject({ plan: z.enum(['free', 'pro']), roles: z.array(z.string()) }),
  context: z
    .object({ tenant: z.string().nullable(), locale: z.string().default('en'), from: z.int(), to: z.int() })
    .refine((x) => x.from <= x.to),
  signals: {
    tenantChanged: signal(z.object({ tenant: z.string() }), { ttl: '30s' }),
    cartTouched: signal(z.object({ items: z.int() }), { ttl: '5s' }),
  },
  applications: {
    portal: { reads: ['identity', 'entitlements', 'context', 'signals.tenantChanged'] },
    billing: { reads: ['identity.subject', 'entitlements.plan', 'context.from'] },
    monitor: { reads: ['signals'] },
    clock: {},
  },
})

const header = {
  id: 'A'.repeat(43),
  version: 3,
  contract: 1,
  createdAt: '2026-11-01T08:00:00.000Z',
  expiresAt: '2026-11-01T20:00:00.000Z',
}
const identity = { subject: 'ada', issuer: 'https://login.example.com', authenticatedAt: '2026-11-01T08:00:00Z', acr: null, amr: ['pwd'] }
const whole: WireDocument = {
  ...header,
  identity,
  entitlements: { plan: 'pro', roles: ['admin'] },
  context: { tenant: 'acme', locale: 'de', from: 1, to: 2 },
  signals: {
    tenantChanged: { value: { tenant: 'acme' }, remainingMs: 900 },
    cartTouched: { value: { items: 2 }, remainingMs: 100 },
  },
}
const copy = (): WireDocument => structuredClone(whole)

describe('createViewReader', () => {
  it('gives an application the header, its parts and, beside them, its signals', () => {
    expect(createViewReader(contract, 'portal')(copy())).toEqual({
      ok: true,
      view: { ...header, identity, entitlements: whole.entitlements, context: whole.context, signals: {} },
      signals: { tenantChanged: { value: { tenant: 'acme' }, remainingMs: 900 } },
    })
  })

  it('rule 1: makes a view only of what names its session and its version', () => {
    const read = createViewReader(contract, 'clock')
    for (const key of ['id', 'version'] as const)
      expect(read({ ...header, [key]: undefined } as never)).toEqual({ ok: false, why: `${key}: invalid_type` })
    for (const nothing of [undefined, null, 'session', []])
      expect(read(nothing as never)).toEqual({ ok: false, why: 'document: invalid_type' })
  })

  it('rule 12: leaves out what arrives without being granted', () => {
    expect(createViewReader(contract, 'billing')(copy())).toEqual({
      ok: true,
      view: { ...header, identity: { subject: 'ada' }, entitlements: { plan: 'pro' }, context: { from: 1 } },
      signals: {},
    })
    expect(createViewReader(contract, 'clock')(copy())).toEqual({ ok: true, view: header, signals: {} })
  })

  it('shows every signal to an application that is granted the part', () => {
    const reading = createViewReader(contract, 'monitor')(copy())
    expect(reading).toEqual({ ok: true, view: { ...header, signals: {} }, signals: whole.signals })
  })

  it('freezes the view and the signals at every depth', () => {
    const reading = createViewReader(contract, 'portal')(copy())
    if (!reading.ok) throw new Error(reading.why)
    expect(Object.isFrozen(reading.view)).toBe(true)
    expect(Object.isFrozen(reading.view.entitlements.roles)).toBe(true)
    expect(Object.isFrozen(reading.view.identity.amr)).toBe(true)
    expect(Object.isFrozen(reading.signals['tenantChanged']?.value)).toBe(true)
  })

  it('ignores keys of a part that the contract does not know, in a strict part too', () => {
    const wire = { ...copy(), entitlements: { ...whole.entitlements, addedLater: 1 }, context: { ...whole.context, addedLater: 1 } }
    const reading = createViewReader(contract, 'portal')(wire)
    expect(reading).toMatchObject({ ok: true, view: { entitlements: whole.entitlements, context: whole.context } })
    expect(JSON.stringify(reading)).not.toContain('addedLater')
  })

  it('fills a key that the document lacks and the schema has a default for', () => {
    const wire = { ...copy(), context: { tenant: null, from: 1, to: 1 } }
    expect(createViewReader(contract, 'portal')(wire)).toMatchObject({ ok: true, view: { context: { tenant: null, locale: 'en' } } })
  })

  it('keeps a refinement between the keys of a part that is granted whole, and asks none of single keys', () => {
    const wire = { ...copy(), context: { tenant: null, locale: 'de', from: 5, to: 1 } }
    expect(createViewReader(contract, 'portal')(wire)).toEqual({ ok: false, why: 'context: custom' })
    expect(createViewReader(contract, 'billing')(wire).ok).toBe(true)
  })

  it('keeps unknown keys of a part that the contract declares open', () => {
    const open = defineContract({
      name: 'open',
      context: z.looseObject({ locale: z.string() }),
      applications: { portal: { reads: ['context'] } },
    })
    const reading = createViewReader(open, 'portal')({ ...header, context: { locale: 'de', extra: 1 } })
    expect(reading).toMatchObject({ ok: true, view: { context: { locale: 'de', extra: 1 } } })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['a part that is granted and missing', { entitlements: undefined }, 'entitlements: invalid_type'],
    ['a key that is granted and missing', { entitlements: { plan: 'pro' } }, 'entitlements.roles: invalid_type'],
    ['a value of another contract', { entitlements: { plan: 'gold', roles: [] } }, 'entitlements.plan: invalid_value'],
    ['an identity without a subject', { identity: { ...identity, subject: '' } }, 'identity.subject: too_small'],
    ['a version below 1', { version: 0 }, 'version: too_small'],
    ['a version that is no whole number', { version: 1.5 }, 'version: invalid_type'],
    ['an id that is none', { id: 'short' }, 'id: invalid_format'],
    ['a header that lacks its end', { expiresAt: undefined }, 'expiresAt: invalid_type'],
    ['a part that is an array', { context: [] }, 'context: invalid_type'],
  ])('refuses %s and says where, without the value', (_, change, why) => {
    expect(createViewReader(contract, 'portal')({ ...copy(), ...change } as WireDocument)).toEqual({ ok: false, why })
  })

  it('rule 11: leaves out a signal that does not fit, and serves the rest', () => {
    const read = createViewReader(contract, 'monitor')
    const odd = { ...whole.signals, tenantChanged: { value: { tenant: 3 }, remainingMs: 900 }, later: { value: 1, remainingMs: 1 } }
    expect(read({ ...copy(), signals: odd })).toMatchObject({ ok: true, signals: { cartTouched: { remainingMs: 100 } } })
    expect(Object.keys((read({ ...copy(), signals: odd }) as { signals: object }).signals)).toEqual(['cartTouched'])
    expect(read({ ...header })).toMatchObject({ ok: true, signals: {} })
    expect(read({ ...header, signals: null } as never)).toMatchObject({ ok: true, signals: {} })
    expect(read({ ...header, signals: { tenantChanged: { value: { tenant: 'a' }, remainingMs: -1 } } })).toMatchObject({ signals: {} })
  })

  it('takes no name of the prototype for a signal or an application', () => {
    expect(
      createViewReader(contract, 'monitor')({ ...header, signals: JSON.parse('{"__proto__":{"value":1,"remainingMs":1}}') }),
    ).toMatchObject({
      signals: {},
    })
    expect(() => createViewReader(contract, 'constructor' as 'portal')).toThrow(
      new TypeError('application: expected one of portal, billing, monitor, clock; found "constructor"'),
    )
  })
})

describe('composeView', () => {
  const reading = createViewReader(contract, 'portal')(copy())
  const view = reading.ok ? reading.view : undefined

  it('adds the values of the visible signals and leaves the view as it was', () => {
    const composed = composeView(view, { tenantChanged: { value: { tenant: 'acme' } } })
    expect(composed?.signals).toEqual({ tenantChanged: { tenant: 'acme' } })
    expect(composed?.entitlements).toBe(view?.entitlements)
    expect(view?.signals).toEqual({})
  })

  it('freezes what it makes', () => {
    const composed = composeView(view, { tenantChanged: { value: { tenant: 'acme' } } })
    expect(Object.isFrozen(composed) && Object.isFrozen(composed?.signals)).toBe(true)
  })

  it('answers the view itself when no signal is visible', () => {
    expect(composeView(view, {})).toBe(view)
  })
})
