import { defineGateway, oidc } from '@single-state/gateway'
import { contract } from './contract.ts'

// Everything that differs from place to place, and every secret, comes from the environment: see gateway.env.example.
const { env } = process

/** Newest first, separated by spaces. */
const encryptionKeys = env['ENCRYPTION_KEYS']?.split(' ') ?? []

export default defineGateway({
  contract,
  origin: env['GATEWAY_ORIGIN'] ?? 'http://localhost:4400',
  store: env['GATEWAY_STORE'] ?? 'sqlite:./sessions.db',
  idp: oidc({ issuer: env['OIDC_ISSUER'], clientId: env['OIDC_CLIENT_ID'], clientSecret: env['OIDC_CLIENT_SECRET'] }),
  applications: {
    portal: { key: env['PORTAL_KEY'], origins: [env['PORTAL_ORIGIN'] ?? 'http://localhost:4410'] },
    admin: { key: env['ADMIN_KEY'], origins: [] },
  },
  derive: (claims) => ({ entitlements: { roles: claims['roles'] ?? [] } }),
  ...(env['COOKIE_DOMAIN'] && { cookie: { domain: env['COOKIE_DOMAIN'] } }),
  ...(encryptionKeys.length > 0 && { encryption: { keys: encryptionKeys } }),
})
