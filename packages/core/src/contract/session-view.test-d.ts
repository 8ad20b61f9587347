import { z } from 'zod'
import { defineContract } from './define-contract.ts'
import { remove, type SessionChanges, type SessionView, type WriteReason } from './session-view.ts'
import { signal } from './signal.ts'

const contract = defineContract({
  name: 'acme',
  revision: 3,
  entitlements: z.object({ plan: z.enum(['free', 'pro']), roles: z.array(z.string()) }),
  context: z.object({ tenant: z.string().nullable(), locale: z.string(), hint: z.string().optional() }),
  signals: { tenantChanged: signal(z.object({ tenant: z.string() }), { ttl: '30s' }) },
  applications: {
    portal: {
      reads: ['identity', 'entitlements', 'context', 'signals.tenantChanged'],
      writes: { 'context.tenant': ['tenant.switch'], 'context.hint': ['hint.set'] },
      publishes: ['tenantChanged'],
    },
    billing: { reads: ['identity.subject', 'entitlements.plan', 'context.tenant'], stale: '10s' },
    admin: { reads: ['identity', 'entitlements'], operates: 'all' },
  },
  carryOver: ['context.locale'],
  lifetime: { token: '5m', idle: '30m', absolute: '12h' },
  limits: { bytes: 8192 },
})
declare const billing: SessionView<typeof contract, 'billing'>
declare const portal: SessionView<typeof contract, 'portal'>
const plan: 'free' | 'pro' = billing.entitlements.plan
// @ts-expect-error
billing.entitlements.roles
// @ts-expect-error
billing.signals
const t: string | undefined = portal.signals.tenantChanged?.tenant
const roles: readonly string[] = portal.entitlements.roles
const ok: SessionChanges<typeof contract, 'portal', 'tenant.switch'> = { 'context.tenant': 'a' }
const ok2: SessionChanges<typeof contract, 'portal', 'hint.set'> = { 'context.hint': remove }
// @ts-expect-error
const bad: SessionChanges<typeof contract, 'portal', 'tenant.switch'> = { 'context.hint': 'a' }
// @ts-expect-error
const bad2: SessionChanges<typeof contract, 'portal', 'tenant.switch'> = { 'context.tenant': 3 }
// @ts-expect-error
const bad4: SessionChanges<typeof contract, 'portal', 'tenant.switch'> = { 'context.tenant': remove }
// @ts-expect-error
const bad3: SessionChanges<typeof contract, 'billing'> = { 'context.tenant': 'a' }
// @ts-expect-error
const r: WriteReason<typeof contract, 'billing'> = 'x'
defineContract({ name: 'x', applications: { a: { reads: ['identity'] } } })
// @ts-expect-error
defineContract({ name: 'x', applications: { a: { reads: ['entitlements.nope'] } } })
const c2 = defineContract({
  name: 'x',
  entitlements: z.object({ roles: z.array(z.string()) }),
  applications: { a: { reads: ['identity', 'entitlements'] } },
})
declare const v2: SessionView<typeof c2, 'a'>
v2.entitlements.roles
// @ts-expect-error
v2.context

export { bad, bad2, bad3, bad4, ok, ok2, plan, r, roles, t }
