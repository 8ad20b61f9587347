import type { SessionStore } from '../stores/store.ts'
import type { AuditRecord } from './record.ts'

/** The oldest audit record that is kept; undefined for an empty audit. */
export async function oldestRecord(store: Pick<SessionStore, 'auditQuery'>): Promise<AuditRecord | undefined> {
  const [oldest] = await store.auditQuery({ afterSeq: 0, idHash: null, limit: 1 })
  return oldest
}
