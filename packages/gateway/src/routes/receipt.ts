import type { Receipt } from '@single-state/core/protocol'
import { instant } from '../http/respond.ts'
import type { GatewayPorts } from '../ports.ts'

/**
 * The receipt of what the store acknowledged at `nowMs`. Readers that do not ask are those with a lease, and those whose
 * application the contract allows to be stale: once the longest of these bounds is over, none of them has the old state.
 */
export function receiptOf(ports: GatewayPorts, nowMs: number): Receipt {
  const staleMs = Math.max(ports.settling.waitMs, ...ports.applications.all.map((application) => application.staleMs))
  return { committedAt: instant(nowMs), effectiveEverywhereAt: instant(nowMs + staleMs), durability: ports.store.durability }
}
