import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import type { Identity } from '../document/session-document.ts'
import type { ApplicationName } from './contract.ts'
import { defineContract } from './define-contract.ts'
import {
  type PublishableSignal,
  remove,
  type SessionChanges,
  type SessionView,
  type SignalValue,
  type WriteReason,
} from './session-view.ts'
import { signal } from './signal.ts'

// The compiler runs these: an expectation that does not hold, or an error that is not made, fails the type check.

const contract = defineContract({
  name: 'acme',
  revision: 3,
  entitlements: z.object({
    plan: z.enum(['free', 'pro']),
    roles: z.array(z.string()),
    limits: z.object({ seats: z.int(), by: z.tuple([z.string(), z.int()]) }),
  }),
  context: z.object({
    tenant: z.string().nullable(),
    locale: z.string().default('en'),
    hint: z.string().optional(),
    layout: z.record(z.string(), z.array(z.int())),
  }),
  signals: {
    tenantChanged: signal(z.object({ tenant: z.string() }), { ttl: '30s' }),
    cartTouched: signal(z.array(z.string()), { ttl: '5s' }),
  },
  applications: {
    portal: {
      reads: ['identity', 'entitlements', 'context', 'signals.tenantChanged'],
      writes: { 'context.tenant': ['tenant.switch', 'tenant.reset'], 'context.hint': ['hint.set'], 'context.layout': ['tenant.reset'] },
      publishes: ['tenantChanged'],
    },
    billing: { reads: ['identity.subject', 'entitlements.plan', 'context.tenant'], stale: '10s' },
    editor: { reads: ['context.hint', 'signals'], writes: { context: ['context.replace'], 'entitlements.roles': ['roles.set'] } },
    admin: { operates: 'all' },
  },
  carryOver: ['context.locale'],
})
type Acme = typeof contract
type View<A extends ApplicationName<Acme>> = SessionView<Acme, A>

/** Stands for a value that only its type is asked of. */
const some = <T>() => undefined as T

interface Header {
  readonly id: string
  readonly version: number
  readonly contract: number
  readonly createdAt: string
  readonly expiresAt: string
}

describe('SessionView', () => {
  it('has the names of the applications', () => {
    expectTypeOf<ApplicationName<Acme>>().toEqualTypeOf<'portal' | 'billing' | 'editor' | 'admin'>()
    // @ts-expect-error: the contract has no application of this name
    expectTypeOf<SessionView<Acme, 'reporting'>>()
  })

  it('rule 12: shows an application that is granted nothing the header alone', () => {
    expectTypeOf<View<'admin'>>().toEqualTypeOf<Header>()
  })

  it('shows whole parts, and signals that may be absent, frozen at every depth', () => {
    type Portal = View<'portal'>
    expectTypeOf<Portal['identity']>().toEqualTypeOf<{ readonly [K in keyof Identity]: Identity[K] }>()
    expectTypeOf<Portal['entitlements']>().toEqualTypeOf<{
      readonly plan: 'free' | 'pro'
      readonly roles: readonly string[]
      readonly limits: { readonly seats: number; readonly by: readonly [string, number] }
    }>()
    expectTypeOf<Portal['context']['tenant']>().toEqualTypeOf<string | null>()
    expectTypeOf<Portal['context']['locale']>().toEqualTypeOf<string>()
    expectTypeOf<Portal['context']['hint']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<Portal['context']['layout']>().toEqualTypeOf<{ readonly [key: string]: readonly number[] }>()
    expectTypeOf<Portal['signals']>().toEqualTypeOf<{ readonly tenantChanged?: { readonly tenant: string } }>()
  })

  it('rule 12: shows of a part the granted keys alone', () => {
    interface Billing extends Header {
      readonly identity: { readonly subject: string }
      readonly entitlements: { readonly plan: 'free' | 'pro' }
      readonly context: { readonly tenant: string | null }
    }
    expectTypeOf<View<'billing'>>().toEqualTypeOf<Billing>()
    expectTypeOf<View<'editor'>['signals']>().toEqualTypeOf<{
      readonly tenantChanged?: { readonly tenant: string }
      readonly cartTouched?: readonly string[]
    }>()
  })

  it('rule 12: does not compile where a field is touched that is not granted', () => {
    const read = (billing: View<'billing'>, editor: View<'editor'>, portal: View<'portal'>) => [
      // @ts-expect-error: billing reads entitlements.plan, not entitlements.roles
      billing.entitlements.roles,
      // @ts-expect-error: billing reads identity.subject, not identity.issuer
      billing.identity.issuer,
      // @ts-expect-error: billing reads no signals
      billing.signals,
      // @ts-expect-error: editor writes entitlements.roles, which does not grant reading it
      editor.entitlements,
      // @ts-expect-error: portal reads one signal, not this one
      portal.signals.cartTouched,
      // @ts-expect-error: a signal may be absent
      portal.signals.tenantChanged.tenant,
    ]
    expectTypeOf(read).toBeFunction()
  })

  it('does not compile where a view is changed in place', () => {
    const change = (portal: View<'portal'>) => {
      // @ts-expect-error: a view is read only
      portal.version = 4
      // @ts-expect-error: a part of it too
      portal.context.tenant = 'acme'
      // @ts-expect-error: and what is inside of it
      portal.entitlements.roles.push('admin')
    }
    expectTypeOf(change).toBeFunction()
  })
})

describe('SessionChanges', () => {
  it('knows the reasons of an application', () => {
    expectTypeOf<WriteReason<Acme, 'portal'>>().toEqualTypeOf<'tenant.switch' | 'tenant.reset' | 'hint.set'>()
    expectTypeOf<WriteReason<Acme, 'editor'>>().toEqualTypeOf<'context.replace' | 'roles.set'>()
    expectTypeOf<WriteReason<Acme, 'billing'>>().toEqualTypeOf<never>()
  })

  it('takes the paths that are granted for the reason, with values of their types', () => {
    expectTypeOf<SessionChanges<Acme, 'portal', 'tenant.switch'>>().toEqualTypeOf<{ readonly 'context.tenant'?: string | null }>()
    expectTypeOf<SessionChanges<Acme, 'portal', 'tenant.reset'>>().toEqualTypeOf<{
      readonly 'context.tenant'?: string | null
      readonly 'context.layout'?: { readonly [key: string]: readonly number[] }
    }>()
    expectTypeOf<SessionChanges<Acme, 'editor', 'roles.set'>>().toEqualTypeOf<{ readonly 'entitlements.roles'?: readonly string[] }>()
  })

  it('takes every granted path where the reason is not said', () => {
    expectTypeOf<keyof SessionChanges<Acme, 'portal'>>().toEqualTypeOf<'context.tenant' | 'context.hint' | 'context.layout'>()
  })

  it('takes a whole part where the part is granted', () => {
    const whole: SessionChanges<Acme, 'editor', 'context.replace'> = { context: { tenant: null, locale: 'de', layout: {} } }
    expect(Object.keys(whole)).toEqual(['context'])
    // @ts-expect-error: a whole part has all of its keys
    const half: SessionChanges<Acme, 'editor', 'context.replace'> = { context: { tenant: null } }
    // @ts-expect-error: the part is granted, its keys by themselves are not
    const byKey: SessionChanges<Acme, 'editor', 'context.replace'> = { 'context.tenant': null }
    expect([half, byKey]).toHaveLength(2)
  })

  it('takes remove for a key that may be missing, and for no other', () => {
    expectTypeOf<SessionChanges<Acme, 'portal', 'hint.set'>>().toEqualTypeOf<{ readonly 'context.hint'?: string | typeof remove }>()
    const out: SessionChanges<Acme, 'portal', 'hint.set'> = { 'context.hint': remove }
    // @ts-expect-error: undefined is no change; remove takes a key out
    const nothing: SessionChanges<Acme, 'portal', 'hint.set'> = { 'context.hint': undefined }
    // @ts-expect-error: context.tenant has to be there
    const needed: SessionChanges<Acme, 'portal', 'tenant.switch'> = { 'context.tenant': remove }
    expect([out, nothing, needed]).toHaveLength(3)
  })

  it('rule 12: does not compile with a path, a reason or a value that is not granted', () => {
    // @ts-expect-error: granted to portal, but not for this reason
    const reason: SessionChanges<Acme, 'portal', 'tenant.switch'> = { 'context.hint': 'x' }
    // @ts-expect-error: granted to nobody
    const path: SessionChanges<Acme, 'portal', 'tenant.switch'> = { 'context.locale': 'de' }
    // @ts-expect-error: a tenant is a text or null
    const value: SessionChanges<Acme, 'portal', 'tenant.switch'> = { 'context.tenant': 3 }
    // @ts-expect-error: billing writes nothing
    const nothing: SessionChanges<Acme, 'billing'> = { 'context.tenant': 'acme' }
    // @ts-expect-error: portal gives no such reason
    expectTypeOf<SessionChanges<Acme, 'portal', 'tenant.steal'>>()
    expect([reason, path, value, nothing]).toHaveLength(4)
  })
})

describe('signals', () => {
  it('are published by those who are granted them, with values of their types', () => {
    expectTypeOf<PublishableSignal<Acme, 'portal'>>().toEqualTypeOf<'tenantChanged'>()
    expectTypeOf<PublishableSignal<Acme, 'billing'>>().toEqualTypeOf<never>()
    expectTypeOf<SignalValue<Acme, 'tenantChanged'>>().toEqualTypeOf<{ readonly tenant: string }>()
    expectTypeOf<SignalValue<Acme, 'cartTouched'>>().toEqualTypeOf<readonly string[]>()
  })
})

describe('defineContract', () => {
  it('types a contract without context, signals or entitlements', () => {
    const least = defineContract({ name: 'least', applications: { app: { reads: ['identity', 'context'] } } })
    type Least = SessionView<typeof least, 'app'>
    expectTypeOf<keyof Least>().toEqualTypeOf<keyof Header | 'identity' | 'context'>()
    expectTypeOf<keyof Least['context']>().toEqualTypeOf<never>()
    const read = (view: Least) => [
      // @ts-expect-error: this contract has no key in its context
      view.context.tenant,
      // @ts-expect-error: entitlements are not granted
      view.entitlements,
    ]
    expectTypeOf(read).toBeFunction()
  })

  it('types what a schema leaves open', () => {
    const open = defineContract({
      name: 'open',
      context: z.object({ any: z.any(), unknown: z.unknown(), json: z.json(), id: z.string().brand('Id') }),
      applications: { app: { reads: ['context'], writes: { 'context.unknown': ['unknown.set'] } } },
    })
    type Context = SessionView<typeof open, 'app'>['context']
    expectTypeOf<Context['any']>().toBeAny()
    expectTypeOf<Context['unknown']>().toBeUnknown()
    expectTypeOf<Context['id']>().toEqualTypeOf<string & z.core.$brand<'Id'>>()
    const json: Context['json'] = { list: [1, null, { deep: true }] }
    expect(json).toBeDefined()
  })

  it('does not compile with a grant that means nothing, beside others that do', () => {
    const context = z.object({ tenant: z.string() })
    const grants = { reads: ['context.tenant'] } as const
    const refused = [
      // @ts-expect-error: no such key in the context
      () => defineContract({ name: 'x', context, applications: { app: { reads: ['identity', 'context.nope'] } } }),
      // @ts-expect-error: no path has three segments
      () => defineContract({ name: 'x', context, applications: { app: { reads: ['context.tenant.id'] } } }),
      // @ts-expect-error: the identity is written by nobody
      () => defineContract({ name: 'x', context, applications: { app: { writes: { 'identity.subject': ['subject.set'] } } } }),
      // @ts-expect-error: one path of two is none
      () => defineContract({ name: 'x', context, applications: { app: { writes: { 'context.tenant': ['a'], 'context.nope': ['b'] } } } }),
      // @ts-expect-error: no such signal
      () => defineContract({ name: 'x', context, applications: { app: { publishes: ['nope'] } } }),
      // @ts-expect-error: a mistyped option would withhold silently
      () => defineContract({ name: 'x', context, applications: { app: { ...grants, write: { context: ['a'] } } } }),
      // @ts-expect-error: no such path to carry over
      () => defineContract({ name: 'x', context, applications: { app: grants }, carryOver: ['context.nope'] }),
      // @ts-expect-error: a duration has a unit
      () => defineContract({ name: 'x', context, applications: { app: { ...grants, stale: '10' } } }),
    ]
    for (const define of refused) expect(define).toThrow(TypeError)
  })

  it('keeps every name when grants come from elsewhere', () => {
    const reads = ['identity', 'context.tenant'] as const
    const shared = defineContract({ name: 'x', context: z.object({ tenant: z.string() }), applications: { app: { reads } } })
    expectTypeOf(some<SessionView<typeof shared, 'app'>>).returns.toHaveProperty('context')
    expectTypeOf<SessionView<typeof shared, 'app'>['context']>().toEqualTypeOf<{ readonly tenant: string }>()
  })
})
