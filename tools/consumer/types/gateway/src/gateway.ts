// The gateway and the tests of an organisation, by the contract in its package. What must not compile says so itself.
import { defineGateway, developmentPeople } from '@single-state/gateway'
import { createTestGateway, sessionView } from '@single-state/testing'
import { acme } from 'acme-contract'

export const config = defineGateway({
  contract: acme,
  origin: 'http://localhost:4400',
  store: 'sqlite:./sessions.db',
  secret: 'from the environment',
  idp: developmentPeople([{ subject: 'ada', roles: ['admin'] }]),
  applications: {
    portal: { key: 'of the portal', origins: ['http://localhost:3000'] },
    billing: { key: 'of billing', origins: [] },
    admin: { key: 'of the administration', origins: [] },
  },
  derive: (claims) => ({
    entitlements: { plan: claims['paid'] === true ? 'pro' : 'free', roles: [] },
    context: { tenant: null, locale: 'en' },
  }),
})

// @ts-expect-error: the contract has no such plan
export const wrong: ReturnType<NonNullable<typeof config.derive>> = { entitlements: { plan: 'gold', roles: [] } }

export const view = sessionView(acme, 'billing', { entitlements: { plan: 'pro' } })
// @ts-expect-error: billing does not read the context
view.context

export const gateway = createTestGateway(acme)
