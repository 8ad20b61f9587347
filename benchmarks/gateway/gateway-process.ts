// A gateway of its own process: node gateway-process.ts <folder>
// Reads order.json there and writes ready.json when it serves: its origin, the application's key and the cookies of people
// who are signed in.
import { randomBytes } from 'node:crypto'
import { createGateway, oidc, serveGateway } from '@single-state/gateway'
import { freePort } from '../../tools/servers/server-process.ts'
import { announce, readOrder } from '../measure/orders.ts'
import { contract } from './contract.ts'
import { everybody, signIn } from './everybody.ts'

/** What the runner asks for. */
export interface GatewayOrder {
  readonly store: string
  /** People to sign in. */
  readonly count: number
  /** For a store that another gateway has used. Default: one of its own. */
  readonly secret?: string
  /** A real provider that signs people in. Default: one in this process, without questions. */
  readonly provider?: { readonly issuer: string; readonly clientId: string; readonly clientSecret: string }
  /** Default a free one. */
  readonly port?: number
}

const order = await readOrder<GatewayOrder>()
const { store, count, secret = randomBytes(32).toString('base64url'), provider, port = await freePort() } = order
const origin = `http://localhost:${port}`
const key = `ss_portal_${randomBytes(32).toString('base64url')}`
const gateway = await createGateway({
  contract,
  origin,
  store,
  secret,
  idp: provider ? oidc(provider) : everybody,
  applications: { portal: { key, origins: ['http://localhost:4410'] } },
  derive: ({ plan, roles, tenant = 'acme', notes = '' }) => ({ entitlements: { plan, roles }, context: { tenant, notes } }),
  log: { level: 'error' },
})
const cookies: string[] = []
// Few at once: the gateway refuses what would overload its store.
const lanes = 8
for (let index = 0; index < count; index += lanes) {
  const batch = Array.from({ length: Math.min(lanes, count - index) }, (_, at) => signIn(origin, gateway.fetch, index + at))
  cookies.push(...(await Promise.all(batch)))
}
const server = await serveGateway(gateway, { port, drainMs: 1_000 })
process.once('SIGTERM', () => void server.close())
await announce({ origin, key, cookies })
