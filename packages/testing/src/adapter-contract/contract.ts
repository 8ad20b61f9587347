import { defineContract, type SessionView, signal } from '@single-state/core'
import { z } from 'zod'

/** The contract that a fixture makes its session with, as application `app`. */
export const adapterTestContract = defineContract({
  name: 'adapter-contract',
  entitlements: z.object({ roles: z.array(z.string()).default([]) }),
  context: z.object({ tenant: z.string().nullable().default(null), visits: z.int().default(0) }),
  signals: { tenantChanged: signal(z.object({ tenant: z.string() }), { ttl: '30s' }) },
  applications: {
    app: {
      reads: ['identity', 'entitlements', 'context', 'signals'],
      writes: { 'context.tenant': ['tenant.switch'], 'context.visits': ['visit.count'] },
      publishes: ['tenantChanged'],
      stale: '10s',
    },
  },
  lifetime: { token: '2m', idle: '30m', absolute: '12h' },
})

/** A session as the fixture's handlers see it. */
export type AdapterView = SessionView<typeof adapterTestContract, 'app'>
