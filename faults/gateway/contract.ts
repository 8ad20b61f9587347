import { defineContract, signal } from '@single-state/core'
import { z } from 'zod'

const applications = {
  portal: {
    reads: ['identity.subject', 'context', 'signals.ping'],
    writes: { 'context.stamp': ['stamp'] },
    publishes: ['ping'],
  },
  operator: { reads: ['identity'], operates: 'all' },
} as const

/**
 * A token of 20 s: short, so that exchanges are under way at many faults, and half of it is longer than any fault lasts. A
 * request that is held up for longer than that shows a token of two generations ago, which is what a thief would show.
 */
const lifetime = { token: '20s', idle: '1h', absolute: '12h' } as const

const common = { name: 'faults', signals: { ping: signal(z.string(), { ttl: '1h' }) }, lifetime }

/** What every gateway of a run has. */
export const contract = defineContract({
  ...common,
  context: z.object({ stamp: z.string().nullable().default(null) }),
  applications,
})

/** The next revision, which a rolling deploy brings: a field more, which gateways of the old one do not know. */
export const nextContract = defineContract({
  ...common,
  revision: 2,
  context: z.object({ stamp: z.string().nullable().default(null), theme: z.string().default('plain') }),
  applications: {
    ...applications,
    portal: { ...applications.portal, writes: { ...applications.portal.writes, 'context.theme': ['theme'] } },
  },
})
