import { rememberedWrites } from '@single-state/core/protocol'
import { bySession, type CommittedRecord, type FinalSession, type Operation, type Violation, type WriteOperation } from './operation.ts'

/**
 * What was told agrees with what is there in the end: no acknowledged write or end is lost, none was applied twice or after
 * it had been refused, every version has its one record, and each read showed the document of its version (rules 2, 3 and 9).
 */
export function finalState(history: readonly Operation[], sessions: readonly FinalSession[]): Violation[] {
  const operations = bySession(history)
  const known = new Set(sessions.map(({ session }) => session))
  const missing = [...operations].filter(([session, [first]]) => !known.has(session) && first)
  return [
    ...missing.map(([session, all]) => violation('acknowledged-write-lost', session, 'the session is not there at all', all.slice(0, 1))),
    ...sessions.flatMap((final) => stateOfSession(operations.get(final.session) ?? [], final)),
  ]
}

function stateOfSession(operations: readonly Operation[], final: FinalSession): Violation[] {
  return [...recordsOf(final), ...writesOf(operations, final), ...endsOf(operations, final), ...documentsOf(operations, final)]
}

/** Versions 1, 2, 3 and so on, one record each; a write in one record at most. */
function recordsOf({ session, version, records }: FinalSession): Violation[] {
  const found = records.map((record) => record.version)
  const isWhole = found.length === version && found.every((each, index) => each === index + 1)
  const what = `version ${version}, and audit records of the versions ${found.join(', ')}`
  const gap = isWhole ? [] : [violation('audit-equals-versions', session, what, [])]
  const first = new Map<string, number>()
  const repeated = records.flatMap(({ write, version: again, stamps }) => {
    if (write === null) return []
    const before = first.get(write)
    if (before === undefined) first.set(write, again)
    // Who repeats a signal after more than 16 other writes is not promised anything: its key is remembered no longer.
    const isForgotten = !stamps && before !== undefined && again - before > rememberedWrites
    return before === undefined || isForgotten ? [] : [`write ${write} has several records: versions ${before} and ${again}`]
  })
  return [...gap, ...repeated.map((what) => violation('applied-twice', session, what, []))]
}

function writesOf(operations: readonly Operation[], { session, records }: FinalSession): Violation[] {
  // Of a write with several records the first one counts here.
  const applied = new Map(records.toReversed().map((record) => [record.write, record]))
  return operations.flatMap((operation) => {
    if (operation.kind !== 'write') return []
    const wrong = faultOf(operation, applied.get(operation.id))
    return wrong ? [violation(wrong.rule, session, wrong.what, [operation])] : []
  })
}

function faultOf(write: WriteOperation, record: CommittedRecord | undefined): Pick<Violation, 'rule' | 'what'> | null {
  const { id, basedOn, outcome } = write
  if (outcome.status === 'refused')
    return record ? { rule: 'refused-but-applied', what: `write ${id} made version ${record.version}` } : null
  if (!record) return outcome.status === 'ok' ? { rule: 'acknowledged-write-lost', what: `write ${id} has no record` } : null
  if (basedOn !== null && record.version !== basedOn + 1) {
    return { rule: 'one-winner', what: `write ${id} was based on version ${basedOn} and made version ${record.version}` }
  }
  const isTooNew = outcome.status === 'ok' && record.version > outcome.version
  return isTooNew ? { rule: 'version-order', what: `write ${id} made version ${record.version}, and was told ${outcome.version}` } : null
}

function endsOf(operations: readonly Operation[], { session, ended, why = 'no reason' }: FinalSession): Violation[] {
  const ends = operations.filter((operation) => operation.kind === 'end')
  const acknowledged = ends.find(({ outcome }) => outcome.status === 'ok')
  if (acknowledged && !ended) return [violation('ended-is-final', session, 'an acknowledged end is gone', [acknowledged])]
  if (!ended || ends.some(({ outcome }) => outcome.status !== 'refused')) return []
  return [violation('false-sign-out', session, `the session has ended (${why}), and nobody had asked for it`, [])]
}

/** The write that the document of each version shows, by version. */
function stampsOf(records: readonly CommittedRecord[], newest: number): readonly (string | null)[] {
  const shown: (string | null)[] = [null]
  const byVersion = new Map(records.filter(({ stamps }) => stamps).map(({ version, write }) => [version, write]))
  for (let version = 1; version <= newest; version += 1) {
    const write = byVersion.get(version)
    shown.push(write === undefined ? (shown[version - 1] ?? null) : write)
  }
  return shown
}

function documentsOf(operations: readonly Operation[], { session, version: newest, records }: FinalSession): Violation[] {
  const stamps = stampsOf(records, newest)
  return operations.flatMap((operation) => {
    if (operation.kind !== 'read' || operation.found.status !== 'active') return []
    const { version, stamp } = operation.found
    if (version > newest)
      return [violation('acknowledged-write-lost', session, `version ${version} was read, and ${newest} is left`, [operation])]
    const expected = stamps[version] ?? null
    if (expected === stamp) return []
    return [violation('document-of-its-version', session, `version ${version} showed write ${stamp}, not ${expected}`, [operation])]
  })
}

function violation(rule: Violation['rule'], session: string, what: string, operations: readonly Operation[]): Violation {
  return { rule, session, what, operations }
}
