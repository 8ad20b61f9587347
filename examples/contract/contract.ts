import { type Duration, defineContract, signal } from '@single-state/core'
import { z } from 'zod'

/** The regions that dates and amounts can be written for. */
export const locales = ['en-GB', 'de-DE', 'fr-FR'] as const

/** What a session is at Acme, and who may do what with it. Every application and the gateway import this. */
export const contract = defineContract({
  name: 'acme',
  entitlements: z.object({ plan: z.enum(['free', 'pro']), roles: z.array(z.string()), tenants: z.array(z.string()) }),
  context: z.object({ tenant: z.string().nullable(), locale: z.enum(locales) }),
  signals: { tenantChanged: signal(z.object({ tenant: z.string() }), { ttl: '30s' }) },
  applications: {
    portal: {
      reads: ['identity', 'entitlements', 'context', 'signals.tenantChanged'],
      writes: { 'context.tenant': ['tenant.switch'], 'context.locale': ['locale.change'] },
      publishes: ['tenantChanged'],
      operates: 'own',
    },
    billing: {
      reads: ['identity.subject', 'entitlements.plan', 'context', 'signals.tenantChanged'],
      stale: '10s',
    },
    workspace: {
      reads: ['identity', 'entitlements', 'context'],
      writes: { 'context.tenant': ['tenant.switch'] },
    },
    admin: { reads: ['identity', 'entitlements'], operates: 'all' },
  },
  carryOver: ['context.locale'],
  // The story shortens it, so that a token runs out while one watches.
  lifetime: { token: (process.env['TOKEN_LIFE'] ?? '5m') as Duration },
})
