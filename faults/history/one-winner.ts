import { bySession, type Operation, type ReadOperation, type Violation, type WriteOperation } from './operation.ts'

/** Of all writes that are conditional on one version at most one is acknowledged (rule 4), and a version has one document. */
export function oneWinner(history: readonly Operation[]): Violation[] {
  return [...bySession(history).values()].flatMap((operations) => [...winnersOf(operations), ...documentsOf(operations)])
}

function winnersOf(operations: readonly Operation[]): Violation[] {
  const first = new Map<number, WriteOperation>()
  return operations.flatMap((operation) => {
    if (operation.kind !== 'write' || operation.outcome.status !== 'ok' || operation.basedOn === null) return []
    const other = first.get(operation.basedOn)
    if (other) return [violation(`two writes based on version ${operation.basedOn} were acknowledged`, [other, operation])]
    first.set(operation.basedOn, operation)
    return operation.outcome.version > operation.basedOn
      ? []
      : [violation(`a write made version ${operation.basedOn} no newer`, [operation])]
  })
}

function documentsOf(operations: readonly Operation[]): Violation[] {
  const first = new Map<number, ReadOperation>()
  return operations.flatMap((operation) => {
    if (operation.kind !== 'read' || operation.found.status !== 'active') return []
    const { version, stamp } = operation.found
    const other = first.get(version)
    if (!other) first.set(version, operation)
    const differs = other?.found.status === 'active' && other.found.stamp !== stamp
    return differs ? [violation(`version ${version} was answered with two documents`, [other, operation])] : []
  })
}

function violation(what: string, operations: readonly Operation[]): Violation {
  return { rule: 'one-winner', session: operations[0]?.session ?? '', what, operations }
}
