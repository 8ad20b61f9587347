import { defineContract } from '@single-state/core'
import { z } from 'zod'

export const contract = defineContract({
  name: 'acme',
  entitlements: z.object({ roles: z.array(z.string()) }),
  applications: {
    portal: { reads: ['identity', 'entitlements'] },
    admin: { reads: ['identity', 'entitlements'], operates: 'all' },
  },
})
