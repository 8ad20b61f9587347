import { oneOf, type Random } from '../load/random.ts'
import type { GatewayNode } from '../site/gateway-node.ts'
import type { Nemesis } from './nemesis.ts'

/** Gateways that die or stall. */
export function gatewayNemeses(gateways: readonly GatewayNode[]): Nemesis[] {
  const isOnly = gateways.length === 1
  const kill = async (which: readonly GatewayNode[]) => {
    await Promise.all(which.map((gateway) => gateway.kill()))
    return async () => void (await Promise.all(which.map((gateway) => gateway.start())))
  }
  const one: Nemesis[] = [
    { kind: 'gateway killed', takesStore: isOnly, mostMs: 1_500, inflict: (random: Random) => kill([oneOf(random, gateways)]) },
    {
      kind: 'gateway stopped',
      takesStore: isOnly,
      mostMs: 4_000,
      inflict: async (random: Random) => {
        const gateway = oneOf(random, gateways)
        gateway.signal('SIGSTOP')
        return async () => gateway.signal('SIGCONT')
      },
    },
  ]
  return isOnly ? one : [...one, { kind: 'every gateway killed', takesStore: true, mostMs: 500, inflict: () => kill(gateways) }]
}
