import { randomBytes } from 'node:crypto'
import { createFaultProxy, type FaultProxy } from '@single-state/testing'
import { startTestIdp } from '../../packages/gateway/test/test-idp.ts'
import { reserveOrigin, startBalancer } from './balancer.ts'
import { createGatewayNode, type GatewayNode } from './gateway-node.ts'

/** A real provider and several gateways behind one load balancer, as an organisation runs them. */
export interface Site {
  /** The load balancer's: the one address that people and applications know. */
  readonly origin: string
  readonly keys: { readonly portal: string; readonly operator: string }
  readonly gateways: readonly GatewayNode[]
  /** What heartbeats go by between load balancer and each gateway, and nothing else. */
  readonly heartbeatWays: readonly FaultProxy[]
  stop(): Promise<void>
}

/** What a site is made of. */
export interface SiteOptions {
  /** The store's address, one for each gateway: each may have its own way to it. */
  readonly addresses: readonly string[]
  /** What the gateways have to know besides. */
  readonly environment?: Readonly<Record<string, string>>
  /** Contract revision of each gateway. Default 1 for all. */
  readonly revisions?: readonly number[]
}

/** Starts the gateways, all at the same moment, then the load balancer. */
export async function startSite({ addresses, environment = {}, revisions = [] }: SiteOptions): Promise<Site> {
  const { port, origin } = await reserveOrigin()
  const keys = { portal: newKey('portal'), operator: newKey('operator') }
  const idp = await startTestIdp(origin)
  const shared = {
    ...environment,
    ORIGIN: origin,
    PORTAL_KEY: keys.portal,
    OPERATOR_KEY: keys.operator,
    SINGLE_STATE_SECRET: randomBytes(32).toString('base64url'),
    ISSUER: idp.issuer,
    CLIENT_ID: idp.clientId,
    CLIENT_SECRET: idp.clientSecret,
  }
  const gateways = await Promise.all(
    addresses.map((store, index) => createGatewayNode({ ...shared, STORE: store, REVISION: `${revisions[index] ?? 1}` })),
  )
  const heartbeatWays = await Promise.all(gateways.map(({ port: own }) => createFaultProxy({ target: { port: own } })))
  const stopAll = () => Promise.all([...gateways.map((gateway) => gateway.kill()), ...heartbeatWays.map((way) => way.close()), idp.stop()])
  try {
    await allOrThrow(gateways.map((gateway) => gateway.start()))
    const balancer = await startBalancer(port, gateways, heartbeatWays)
    return {
      origin,
      keys,
      gateways,
      heartbeatWays,
      async stop() {
        await balancer.stop()
        await stopAll()
      },
    }
  } catch (error) {
    await stopAll()
    throw error
  }
}

/** Waits for all of them, so that none is still starting when the first failure is told. */
async function allOrThrow(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

function newKey(application: string): string {
  return `ss_${application}_${randomBytes(32).toString('base64url')}`
}
