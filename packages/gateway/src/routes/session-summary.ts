import type { wire } from '@single-state/core/protocol'
import { instant } from '../http/respond.ts'
import type { GatewayPorts } from '../ports.ts'
import type { SessionRecord } from '../stores/store.ts'

/** One line of a list of sessions. */
export async function summaryOf(ports: GatewayPorts, record: SessionRecord, currentId: string | null): Promise<wire.SessionSummary> {
  const document = await ports.documents.read(record)
  return {
    id: record.id,
    createdAt: instant(record.createdAtMs),
    lastExchangeAt: instant(record.lastExchangeAtMs),
    acr: document.kind === 'read' ? document.parts.identity.acr : null,
    current: record.id === currentId,
  }
}
