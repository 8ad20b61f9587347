import type { FaultProxy, ProxyFault } from '@single-state/testing'
import { between, oneOf, type Random } from '../load/random.ts'
import type { Nemesis } from './nemesis.ts'

/** Each with what it does to a way to the store; the figures are drawn. */
const faults: Readonly<Record<string, (random: Random) => ProxyFault>> = {
  partition: () => ({ kind: 'blackhole' }),
  'lost answers': () => ({ kind: 'blackhole', way: 'answers' }),
  'lost requests': () => ({ kind: 'blackhole', way: 'requests' }),
  reset: () => ({ kind: 'reset' }),
  refuse: () => ({ kind: 'refuse' }),
  latency: (random) => ({ kind: 'latency', ms: Math.round(between(random, 20, 600)), jitterMs: Math.round(between(random, 0, 400)) }),
  'late requests': (random) => ({ kind: 'latency', way: 'requests', ms: Math.round(between(random, 300, 2_500)) }),
  'cut answers': (random) => ({ kind: 'cut', afterBytes: Math.round(between(random, 0, 4_000)) }),
  'slow close': (random) => ({ kind: 'slow-close', ms: Math.round(between(random, 50, 500)) }),
}

/** Faults between gateways and store, of all gateways at once and of one alone. */
export function networkNemeses(proxies: readonly FaultProxy[]): Nemesis[] {
  return Object.entries(faults).flatMap(([kind, faultOf]) => [
    { kind, takesStore: true, mostMs: 3_000, inflict: (random: Random) => inflict(proxies, faultOf(random)) },
    {
      kind: `${kind}, one gateway`,
      takesStore: false,
      mostMs: 3_000,
      inflict: (random) => inflict([oneOf(random, proxies)], faultOf(random)),
    },
  ])
}

async function inflict(proxies: readonly FaultProxy[], fault: ProxyFault): Promise<() => Promise<void>> {
  await Promise.all(proxies.map((proxy) => proxy.set(fault)))
  return async () => void (await Promise.all(proxies.map((proxy) => proxy.set({ kind: 'pass' }))))
}
