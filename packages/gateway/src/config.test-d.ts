import { defineContract } from '@single-state/core'
import { z } from 'zod'
import { defineGateway } from './config.ts'
import { developmentPeople } from './oidc/development-people.ts'

// Checked by the compiler alone: what `derive` may return is what the contract says, without `as const`.

const contract = defineContract({
  name: 'acme',
  entitlements: z.object({ plan: z.enum(['free', 'pro']), roles: z.array(z.string()) }),
  applications: { portal: { reads: ['identity'] } },
})

const rest = {
  contract,
  origin: 'http://localhost:4400',
  store: 'memory',
  idp: developmentPeople([{ subject: 'ada' }]),
  applications: { portal: { key: undefined, origins: [] } },
} as const

defineGateway({ ...rest, derive: (claims) => ({ entitlements: { plan: 'free', roles: claims['roles'] ?? [] } }) })
defineGateway({ ...rest, derive: async (claims) => ({ entitlements: { plan: claims['pro'] === true ? 'pro' : 'free', roles: [] } }) })
defineGateway({ ...rest })

// @ts-expect-error the contract has no such plan
defineGateway({ ...rest, derive: () => ({ entitlements: { plan: 'gold', roles: [] } }) })
// @ts-expect-error roles are missing
defineGateway({ ...rest, derive: () => ({ entitlements: { plan: 'free' } }) })
// @ts-expect-error the contract's application has no configuration
defineGateway({ ...rest, applications: {} })
