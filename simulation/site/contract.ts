import { defineContract, signal } from '@single-state/core'
import { z } from 'zod'

/**
 * A token of 12 s, half of which is longer than any request of a run is held up: one shown late is then at most one
 * generation old, and not taken for a copy.
 */
export const contract = defineContract({
  name: 'simulation',
  context: z.object({ stamp: z.string().nullable().default(null) }),
  signals: { ping: signal(z.string(), { ttl: '1h' }) },
  applications: {
    portal: {
      reads: ['identity.subject', 'context', 'signals.ping'],
      writes: { 'context.stamp': ['stamp'] },
      publishes: ['ping'],
    },
  },
  lifetime: { token: '12s', idle: '1h', absolute: '12h' },
})

/** Where the gateways say that they are. */
export const origin = 'http://localhost:4400'

export const portalKey = `ss_portal_${'k'.repeat(43)}`
