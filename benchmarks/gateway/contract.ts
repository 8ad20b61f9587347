import { defineContract } from '@single-state/core'
import { z } from 'zod'

/** What the benchmark's sessions are: 1.5 KB, read by one application, written by one path. */
export const contract = defineContract({
  name: 'benchmark',
  entitlements: z.object({ plan: z.enum(['free', 'pro']), roles: z.array(z.string()) }),
  context: z.object({ tenant: z.string(), notes: z.string() }),
  applications: {
    portal: {
      reads: ['identity', 'entitlements', 'context'],
      writes: { 'context.tenant': ['tenant.switch'] },
    },
  },
})
