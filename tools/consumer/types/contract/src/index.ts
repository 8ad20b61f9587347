// A package of its own, as an organisation has it: applications and gateway compile against its built declarations.
import { defineContract, signal } from '@single-state/core'
import { z } from 'zod'

export const acme = defineContract({
  name: 'acme',
  entitlements: z.object({ plan: z.enum(['free', 'pro']), roles: z.array(z.string()) }),
  context: z.object({ tenant: z.string().nullable(), locale: z.string(), hint: z.string().optional() }),
  signals: {
    tenantChanged: signal(z.object({ tenant: z.string() }), { ttl: '30s' }),
    cartTouched: signal(z.array(z.string()), { ttl: '5s' }),
  },
  applications: {
    portal: {
      reads: ['identity', 'entitlements.roles', 'context.tenant', 'context.hint', 'signals.tenantChanged'],
      writes: { 'context.tenant': ['tenant.switch'], 'context.hint': ['hint.set'] },
      publishes: ['tenantChanged'],
    },
    billing: { reads: ['identity.subject', 'entitlements.plan'] },
    admin: { reads: ['identity', 'entitlements'], operates: 'all' },
  },
  carryOver: ['context.locale'],
})

/** As little as a contract may say. */
export const least = defineContract({ name: 'least', applications: { app: { reads: ['identity', 'context'] } } })
