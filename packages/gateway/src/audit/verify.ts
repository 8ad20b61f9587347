import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SubjectOf } from '@single-state/core/protocol'
import type { SessionStore } from '../stores/store.ts'
import { type AuditFault, type ChangeRecord, followSessions, gapsOf, isChange, type Stretch, stepFaults } from './chain.ts'
import { oldestRecord } from './oldest-record.ts'
import type { AuditRecord } from './record.ts'
import { beginningFaults } from './verify-beginning.ts'

/** What a slice of an audit was found to be. */
export interface AuditFindings {
  readonly ok: boolean
  /** Records that were looked at. */
  readonly records: number
  /** Living sessions whose last record is in the slice: their version was compared with it. */
  readonly sessions: number
  /** At most 100. */
  readonly faults: readonly AuditFault[]
  /** The `after` of the next slice; null where this was the last. */
  readonly next: number | null
}

type Documents = ReadonlyMap<string, number>

/** 500 records, so that a slice takes a moment and holds little; what it asks of the store is bounded by it. */
export const sliceSize = 500
/** 100: enough to see what kind of damage it is. */
export const mostFaults = 100
/** 4 at once: the store serves visitors too. */
const mostAtOnce = 4
/** How many records of a session are looked at for its next change: refusals may lie between. */
const pageSizes = [1, 10, 100, 500]

/**
 * Checks the records after a sequence, 500 at most: that the sequence has no gap, that each change of a session follows from
 * the one before it, and that a session whose last record is among them is where that says. Nothing is carried from slice to
 * slice: each looks up where its sessions come from and how they go on.
 */
export async function verifySlice(store: SessionStore, after: number, keepMs: number): Promise<AuditFindings> {
  // The record before comes along: the sequence has to go on from it.
  const page = await store.auditQuery({ afterSeq: Math.max(0, after - 1), idHash: null, limit: sliceSize + Math.min(1, after) })
  const records = page.filter(({ seq }) => seq > after)
  const { stretches, faults } = followSessions(records)
  // Before the looks at what comes next: a session without a next change has not changed since its document was read.
  const documents = await documentsOf(store, records)
  const ends = await mapInBatches([...stretches.values()], async ({ last }) => endOf(last, await nextChange(store, last), documents))
  const unnamed = await mapInBatches([...documents], ([session, version]) => unnamedFaults(store, stretches, session, version))
  const found = [
    ...(await beginningFaults(store, { after, first: page[0], keepMs })),
    ...gapsOf(page),
    ...(await creationFaults(store, stretches)),
    ...faults,
    ...ends.flatMap((end) => end.faults),
    ...unnamed.flat(),
  ]
  return {
    ok: found.length === 0,
    records: records.length,
    sessions: ends.filter(({ isCompared }) => isCompared).length,
    faults: found.slice(0, mostFaults),
    next: records.length < sliceSize ? null : (records.at(-1)?.seq ?? null),
  }
}

/** The versions of all living sessions of everybody whom the records name, by the hash of the session. */
async function documentsOf(store: SessionStore, records: readonly AuditRecord[]): Promise<Documents> {
  const names = new Set(records.flatMap(({ subject }) => (subject === null ? [] : [subject])))
  const lists = await mapInBatches([...names], async (name) => (await store.listBySubject(personOf(name))).records)
  return new Map(lists.flat().map(({ idHash, version }) => [idHash, version]))
}

/** Where a stretch ends: the next change has to follow from it; without one the document has to be there. */
function endOf(last: ChangeRecord, next: ChangeRecord | undefined, documents: Documents) {
  if (next !== undefined) return { isCompared: false, faults: stepFaults(next, last.toVersion) }
  const version = documents.get(last.session)
  if (version === undefined || version === last.toVersion) return { isCompared: version !== undefined, faults: [] }
  const what = `the document is at version ${version}, its last record at ${last.toVersion}`
  return { isCompared: true, faults: [{ seq: null, session: last.session, what }] }
}

/** A session begins with its creation, unless that may have been swept. */
async function creationFaults(store: SessionStore, stretches: ReadonlyMap<string, Stretch>): Promise<readonly AuditFault[]> {
  const entered = [...stretches.values()].map(({ first }) => first).filter(({ operation }) => operation !== 'create')
  const begins = await mapInBatches(entered, async (first) => {
    const earliest = await nextChange(store, { session: first.session, seq: 0 })
    return earliest?.seq === first.seq ? stepFaults(first, 0) : []
  })
  const oldest = await oldestRecord(store)
  return oldest?.seq === 1 ? begins.flat() : []
}

async function unnamedFaults(
  store: SessionStore,
  stretches: ReadonlyMap<string, Stretch>,
  session: string,
  version: number,
): Promise<readonly AuditFault[]> {
  if (stretches.has(session) || (await nextChange(store, { session, seq: 0 })) !== undefined) return []
  return [{ seq: null, session, what: `a document of version ${version} that no record names` }]
}

/** The change of a session after a sequence. */
async function nextChange(store: SessionStore, { session, seq }: Pick<ChangeRecord, 'session' | 'seq'>): Promise<ChangeRecord | undefined> {
  let afterSeq = seq
  for (let at = 0; ; at += 1) {
    const limit = pageSizes[Math.min(at, pageSizes.length - 1)] as number
    const records = await store.auditQuery({ afterSeq, idHash: session, limit })
    const found = records.find(isChange)
    if (found !== undefined || records.length < limit) return found
    afterSeq = records.at(-1)?.seq ?? afterSeq
  }
}

/** Does the work for each, a few at once, and lets others run in between. */
async function mapInBatches<One, Answer>(all: readonly One[], work: (one: One) => Promise<Answer>): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (let at = 0; at < all.length; at += mostAtOnce) {
    answers.push(...(await Promise.all(all.slice(at, at + mostAtOnce).map(work))))
    await nextTurn()
  }
  return answers
}

/** An issuer has no space. */
function personOf(name: string): SubjectOf {
  const space = name.indexOf(' ')
  return { issuer: name.slice(0, space), subject: name.slice(space + 1) }
}
