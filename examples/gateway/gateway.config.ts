import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { defineGateway, oidc } from '@single-state/gateway'
import { contract } from '@single-state-example/contract'
import { z } from 'zod'

const { env } = process
const data = env['DATA'] ?? join(import.meta.dirname, '.data')
mkdirSync(data, { recursive: true })

/** What the provider says of a person, as far as Acme makes use of it. */
const claimsSchema = z.object({
  plan: z.enum(['free', 'pro']).default('free'),
  roles: z.array(z.string()).default([]),
  tenants: z.array(z.string()).default([]),
})

export default defineGateway({
  contract,
  origin: env['GATEWAY_ORIGIN'] ?? 'http://localhost:4400',
  // Named where the origins below are on several hosts: every host under it receives the token.
  ...(env['COOKIE_DOMAIN'] && { cookie: { domain: env['COOKIE_DOMAIN'] } }),
  store: `sqlite:${join(data, 'sessions.db')}`,
  idp: oidc({
    issuer: env['IDP_ISSUER'] ?? 'http://localhost:4401',
    clientId: 'gateway',
    clientSecret: env['IDP_CLIENT_SECRET'] ?? 'demonstration-only',
  }),
  applications: {
    portal: { key: env['PORTAL_KEY'], origins: [env['PORTAL_ORIGIN'] ?? 'http://localhost:4410'] },
    billing: { key: env['BILLING_KEY'], origins: [env['BILLING_ORIGIN'] ?? 'http://localhost:4411'] },
    workspace: { key: env['WORKSPACE_KEY'], origins: [env['WORKSPACE_ORIGIN'] ?? 'http://localhost:4412'] },
    admin: { key: env['ADMIN_KEY'], origins: [env['ADMIN_ORIGIN'] ?? 'http://localhost:4413'] },
  },
  // Evidence in, authority out: the only place where what a provider claims becomes what somebody may do.
  derive(claims) {
    const { plan, roles, tenants } = claimsSchema.parse(claims)
    return { entitlements: { plan, roles, tenants }, context: { tenant: tenants[0] ?? null, locale: 'en-GB' } }
  },
})
