import { defineContract } from '@single-state/core'
import { z } from 'zod'

const value = z.string().nullable().default(null)

/** What the sessions of this project's own scenarios are. */
export const contract = defineContract({
  name: 'anomalies',
  entitlements: z.object({ roles: z.array(z.string()).default([]) }),
  context: z.object({ first: value, second: value, tenant: z.string().default('acme') }),
  applications: {
    portal: {
      reads: ['identity', 'entitlements', 'context'],
      writes: { 'context.first': ['value.set'], 'context.second': ['value.set'], 'context.tenant': ['tenant.switch'] },
      operates: 'own',
    },
  },
})
