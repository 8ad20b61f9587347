import type { SubjectOf } from '@single-state/core/protocol'
import type { SessionStore } from '../stores/store.ts'
import { type AuditChain, type AuditFault, createChain } from './chain.ts'

/** What an audit was found to be. */
export interface AuditFindings {
  readonly ok: boolean
  /** Records that were looked at. */
  readonly records: number
  /** Living sessions whose version was compared. */
  readonly sessions: number
  /** At most 100. */
  readonly faults: readonly AuditFault[]
}

interface Document {
  readonly idHash: string
  readonly version: number
}

const pageSize = 500
export const mostFaults = 100

/**
 * Checks that the audit has no gap: neither in its sequence, nor in the versions of any session, nor between its last
 * version of a living session and the document.
 */
export async function verifyAudit(store: SessionStore): Promise<AuditFindings> {
  const chain = createChain()
  await follow(store, chain)
  const before = chain.versions()
  const documents = await documentsOf(store, chain.people())
  // What was committed while the documents were read is in the records since.
  await follow(store, chain)
  const after = chain.versions()
  const faults = [...chain.faults(), ...documents.flatMap((document) => compare(document, before, after))]
  return { ok: faults.length === 0, records: chain.count(), sessions: documents.length, faults: faults.slice(0, mostFaults) }
}

async function follow(store: SessionStore, chain: AuditChain): Promise<void> {
  for (;;) {
    const records = await store.auditQuery({ afterSeq: chain.lastSeq(), idHash: null, limit: pageSize })
    for (const record of records) chain.add(record)
    if (records.length < pageSize) return
  }
}

async function documentsOf(store: SessionStore, people: readonly SubjectOf[]): Promise<readonly Document[]> {
  const documents: Document[] = []
  for (const person of people) documents.push(...(await store.listBySubject(person)).records)
  return documents
}

function compare(
  { idHash, version }: Document,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly AuditFault[] {
  const last = after.get(idHash)
  if (last === undefined) return [{ seq: null, session: idHash, what: `a document of version ${version} that no record names` }]
  const first = before.get(idHash) ?? 0
  if (version >= first && version <= last) return []
  return [{ seq: null, session: idHash, what: `the document is at version ${version}, its last record at ${last}` }]
}
