import { bySession, type Operation, type Violation } from './operation.ts'

/**
 * Ended is final (rule 9): once an end is acknowledged, or a read has said so, no read that begins later is active and no
 * write that begins later is acknowledged. A live read knows of ends that were acknowledged and of what its own process was told.
 */
export function endedIsFinal(history: readonly Operation[]): Violation[] {
  return [...bySession(history).values()].flatMap((operations) => {
    const first = firstEnds(operations)
    return operations.filter(showsLife).flatMap((later) => {
      const end = first.knownTo(later)
      if (!end || end.endMs >= later.startMs) return []
      const what = `a ${later.kind} succeeded ${Math.round(later.startMs - end.endMs)} ms after the session was known to have ended`
      return [{ rule: 'ended-is-final' as const, session: later.session, what, operations: [end, later] }]
    })
  })
}

/** Nobody is signed out without an end that somebody has asked for (rule 8): a store or a gateway that is away is no end. */
export function noFalseSignOut(history: readonly Operation[]): Violation[] {
  return [...bySession(history).values()].flatMap((operations) => {
    const asked = operations.filter(({ kind }) => kind === 'end').filter(mayHaveEnded)
    const firstAskedMs = Math.min(...asked.map(({ startMs }) => startMs))
    return operations
      .filter((operation) => isSignedOut(operation) && operation.endMs < firstAskedMs)
      .map((operation) => {
        const what = `a read found the session ${operation.kind === 'read' ? operation.found.status : ''}, and nobody had ended it`
        return { rule: 'false-sign-out' as const, session: operation.session, what, operations: [operation] }
      })
  })
}

/** Whoever knows of an end at all knows of the one that was told first. */
function firstEnds(operations: readonly Operation[]) {
  const ends = operations.filter(tellsOfEnd).sort((a, b) => a.endMs - b.endMs)
  const acknowledged = ends.find(({ kind }) => kind === 'end')
  const ofProcess = new Map<string, Operation>()
  for (const end of ends.toReversed()) ofProcess.set(end.process, end)
  return {
    knownTo(later: Operation): Operation | undefined {
      if (later.kind !== 'read' || later.promise === 'strict') return ends[0]
      const own = ofProcess.get(later.process)
      return own && (!acknowledged || own.endMs < acknowledged.endMs) ? own : acknowledged
    },
  }
}

function tellsOfEnd(operation: Operation): boolean {
  if (operation.kind === 'end') return operation.outcome.status === 'ok'
  return operation.kind === 'read' && operation.found.status === 'ended'
}

function showsLife(operation: Operation): boolean {
  if (operation.kind === 'write') return operation.outcome.status === 'ok'
  return operation.kind === 'read' && operation.found.status === 'active'
}

function mayHaveEnded(operation: Operation): boolean {
  return operation.kind === 'end' && operation.outcome.status !== 'refused'
}

function isSignedOut(operation: Operation): boolean {
  return operation.kind === 'read' && (operation.found.status === 'ended' || operation.found.status === 'anonymous')
}
