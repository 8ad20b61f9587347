import { defineGateway, oidc, type SessionStore } from '@single-state/gateway'
import { postgresStore } from '@single-state/gateway/postgres'
import { redisJournal, redisStore } from '@single-state/gateway/redis'
import { contract, nextContract } from './contract.ts'

const {
  ORIGIN = '',
  STORE = '',
  PORTAL_KEY,
  OPERATOR_KEY,
  REVISION,
  JOURNAL,
  AFTER_EPOCH,
  REPLICAS,
  PREFIX,
  ISSUER = '',
  CLIENT_ID = '',
  CLIENT_SECRET = '',
} = process.env

/** With more said of them than an address can say. */
function openStore(url: string): string | Promise<SessionStore> {
  if (url.startsWith('postgres:')) return postgresStore({ url, migrate: true })
  if (!url.startsWith('redis')) return url
  return redisStore({
    url,
    ...(JOURNAL !== undefined && { journal: redisJournal({ url: JOURNAL }) }),
    ...(REPLICAS !== undefined && { replicas: Number(REPLICAS) }),
    ...(PREFIX !== undefined && { prefix: PREFIX }),
    ...(AFTER_EPOCH === 'unsafe-keep' && { afterEpoch: 'unsafe-keep' }),
  })
}

export default defineGateway({
  contract: REVISION === '2' ? nextContract : contract,
  origin: ORIGIN,
  store: await openStore(STORE),
  idp: oidc({ issuer: ISSUER, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET }),
  applications: { portal: { key: PORTAL_KEY, origins: [] }, operator: { key: OPERATOR_KEY, origins: [] } },
  log: { level: 'error' },
})
