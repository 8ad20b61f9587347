import { bySession, type FinalSession, type Operation, type Violation } from './operation.ts'

/**
 * Versions never go back (rules 2, 5 and 6). What a strict read or a write answers is no older than anything that anybody
 * was told before it began; what a live read answers is no older than any version that a write made which was acknowledged
 * before it began, and than what its own process has shown before. A write makes a version of its own, newer than all that.
 */
export function versionOrder(history: readonly Operation[], sessions: readonly FinalSession[]): Violation[] {
  const made: Made = new Map(sessions.flatMap(({ records }) => records.map(({ write, version }) => [write, version])))
  return [...bySession(history).values()].flatMap((operations) => orderOfSession(operations, made))
}

/** Versions by the writes that made them, as the audit knows. */
type Made = ReadonlyMap<string | null, number>

interface Told {
  readonly operation: Operation
  readonly version: number
}

function orderOfSession(operations: readonly Operation[], made: Made): Violation[] {
  const told = operations.flatMap((operation) => {
    const version = versionIn(operation)
    return version === null ? [] : [{ operation, version }]
  })
  const byEnd = [...told].sort((a, b) => a.operation.endMs - b.operation.endMs)
  const newest = { anybody: null as Told | null, acknowledged: null as Told | null, ofProcess: new Map<string, Told>() }
  const violations: Violation[] = []
  let ended = 0
  for (const later of [...told].sort((a, b) => a.operation.startMs - b.operation.startMs)) {
    for (let next = byEnd[ended]; next && next.operation.endMs < later.operation.startMs; next = byEnd[++ended]) learn(newest, next, made)
    const floor = floorOf(newest, later.operation)
    if (floor && !isNewEnough(later, floor)) violations.push(violationOf(floor, later))
  }
  return violations
}

function versionIn(operation: Operation): number | null {
  if (operation.kind === 'read') return operation.found.status === 'active' ? operation.found.version : null
  return operation.kind === 'write' && operation.outcome.status === 'ok' ? operation.outcome.version : null
}

function learn(newest: { anybody: Told | null; acknowledged: Told | null; ofProcess: Map<string, Told> }, told: Told, made: Made): void {
  const { operation } = told
  newest.anybody = newer(newest.anybody, told)
  // The answer may show a later version than the write's own, of somebody who waits still: that is told, not acknowledged.
  if (operation.kind === 'write') {
    const version = made.get(operation.id) ?? told.version
    newest.acknowledged = newer(newest.acknowledged, { operation, version })
  }
  newest.ofProcess.set(operation.process, newer(newest.ofProcess.get(operation.process) ?? null, told))
}

type Newest = Parameters<typeof learn>[0]

function floorOf({ anybody, acknowledged, ofProcess }: Newest, operation: Operation): Told | null {
  if (operation.kind !== 'read' || operation.promise === 'strict') return anybody
  const own = ofProcess.get(operation.process) ?? null
  return own === null ? acknowledged : newer(acknowledged, own)
}

function newer(one: Told | null, other: Told): Told {
  return one && one.version >= other.version ? one : other
}

function isNewEnough(later: Told, floor: Told): boolean {
  return later.operation.kind === 'write' ? later.version > floor.version : later.version >= floor.version
}

function violationOf(floor: Told, later: Told): Violation {
  return {
    rule: 'version-order',
    session: later.operation.session,
    what: `a ${later.operation.kind} answered version ${later.version} after version ${floor.version} had been told`,
    operations: [floor.operation, later.operation],
  }
}
