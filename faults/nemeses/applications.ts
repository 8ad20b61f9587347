import type { FaultProxy, ProxyFault } from '@single-state/testing'
import { between, oneOf, type Random } from '../load/random.ts'
import type { Nemesis } from './nemesis.ts'

/** Applications that stall with a lease in hand, or whose way to the gateways fails. A way belongs to the application of its place. */
export function applicationNemeses(applications: readonly { readonly pid: number }[], ways: readonly FaultProxy[]): Nemesis[] {
  const stopped = (kind: string, drawn: (random: Random) => readonly { readonly pid: number }[]): Nemesis => ({
    kind,
    takesStore: false,
    // Reads go on being asked of it: all that were, are the first ones afterwards.
    mostMs: 4_000,
    inflict: async (random) => {
      const pids = drawn(random).map(({ pid }) => pid)
      for (const pid of pids) process.kill(pid, 'SIGSTOP')
      return async () => {
        for (const pid of pids) process.kill(pid, 'SIGCONT')
      }
    },
  })
  const cut = (kind: string, faultOf: (random: Random) => ProxyFault): Nemesis => ({
    kind,
    takesStore: false,
    mostMs: 3_000,
    inflict: async (random) => {
      const way = oneOf(random, ways)
      await way.set(faultOf(random))
      return () => way.set({ kind: 'pass' })
    },
  })
  return [
    stopped('application stopped', (random) => [oneOf(random, applications)]),
    stopped('half of the applications stopped', (random) => applications.filter((_, index) => index % 2 === Math.floor(random() * 2))),
    cut('application cut off', () => ({ kind: 'blackhole' })),
    cut('application hears nothing', () => ({ kind: 'blackhole', way: 'answers' })),
    cut('application hears late', (random) => ({
      kind: 'latency',
      way: 'answers',
      ms: Math.round(between(random, 50, 450)),
      jitterMs: 100,
    })),
  ]
}

/** Heartbeats alone are late, by more than a lease is good for: every application has to ask. */
export function lateHeartbeats(ways: readonly FaultProxy[]): Nemesis {
  return {
    kind: 'heartbeats late',
    takesStore: false,
    mostMs: 4_000,
    inflict: async () => {
      await Promise.all(ways.map((way) => way.set(lateFault)))
      return async () => void (await Promise.all(ways.map((way) => way.set({ kind: 'pass' }))))
    },
  }
}

/** 600 ms: a lease is good for 500. */
export const lateFault: ProxyFault = { kind: 'latency', way: 'requests', ms: 600 }
