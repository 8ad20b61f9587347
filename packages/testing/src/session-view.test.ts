import { defineContract, signal } from '@single-state/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { sessionView } from './session-view.ts'

const contract = defineContract({
  name: 'acme',
  revision: 3,
  entitlements: z.object({ roles: z.array(z.string()), plan: z.enum(['free', 'pro']).default('free') }),
  context: z.object({ tenant: z.string().nullable().default(null) }),
  signals: { tenantChanged: signal(z.object({ tenant: z.string() }), { ttl: '30s' }) },
  applications: {
    portal: { reads: ['identity', 'entitlements', 'context', 'signals.tenantChanged'] },
    billing: { reads: ['identity.subject', 'entitlements.plan'] },
  },
})

describe('sessionView', () => {
  it('gives a whole session of which only what matters was said', () => {
    const view = sessionView(contract, 'portal', { version: 7, entitlements: { roles: ['admin'] }, identity: { subject: 'bob' } })
    expect(view).toMatchObject({
      version: 7,
      contract: 3,
      identity: { subject: 'bob', issuer: 'https://idp.example' },
      entitlements: { roles: ['admin'], plan: 'free' },
      context: { tenant: null },
      signals: {},
    })
  })

  it('leaves out what the application is not granted', () => {
    expect(Object.keys(sessionView(contract, 'billing'))).not.toContain('context')
    expect(sessionView(contract, 'billing').entitlements).toEqual({ plan: 'free' })
    expect(sessionView(contract, 'billing').identity).toEqual({ subject: 'ada' })
  })

  it('is frozen at every depth and leaves what was given as it is', () => {
    const roles = ['admin']
    const view = sessionView(contract, 'portal', { entitlements: { roles } })
    expect(Object.isFrozen(view) && Object.isFrozen(view.entitlements) && Object.isFrozen(view.entitlements.roles)).toBe(true)
    expect(Object.isFrozen(roles)).toBe(false)
  })

  it('carries signals by their values', () => {
    const view = sessionView(contract, 'portal', { entitlements: { roles: [] }, signals: { tenantChanged: { tenant: 'acme' } } })
    expect(view.signals.tenantChanged?.tenant).toBe('acme')
  })

  it('names the path of what does not fit the contract', () => {
    expect(() => sessionView(contract, 'portal')).toThrow(/entitlements\.roles/)
    // @ts-expect-error: a plan that the contract does not have
    expect(() => sessionView(contract, 'billing', { entitlements: { plan: 'gold' } })).toThrow(/entitlements\.plan/)
    // @ts-expect-error: a signal of another shape
    expect(() => sessionView(contract, 'portal', { entitlements: { roles: [] }, signals: { tenantChanged: 1 } })).toThrow(
      /signals\.tenantChanged/,
    )
  })

  it('names the applications when there is none of that name', () => {
    // @ts-expect-error: the contract has no such application
    expect(() => sessionView(contract, 'shop')).toThrow(/portal, billing/)
  })
})
