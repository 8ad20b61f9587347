import { bySession, type Operation } from '../../faults/history/operation.ts'
import { type Action, isLinearizable } from './is-linearizable.ts'

/** A session as everybody would see it if there were no caches. */
interface Session {
  readonly version: number
  readonly stamp: string | null
  readonly ended: boolean
}

/** Sessions whose strict reads, writes and ends no order explains. Live reads promise less and are left out. */
export function notLinearizable(history: readonly Operation[]): string[] {
  return [...bySession(history)].flatMap(([session, operations]) => {
    const initial = { version: 0, stamp: null, ended: false }
    const keyOf = ({ version, stamp, ended }: Session) => `${version} ${stamp} ${ended}`
    return isLinearizable(operations.flatMap(actionOf), initial, keyOf) ? [] : [session]
  })
}

function actionOf(operation: Operation): Action<Session>[] {
  const { startMs, endMs } = operation
  if (operation.kind === 'read') {
    const { found, promise } = operation
    if (promise !== 'strict' || found.status === 'unknown' || found.status === 'anonymous') return []
    return [{ startMs, endMs, apply: (session) => (shows(session, found) ? session : null) }]
  }
  const { status } = operation.outcome
  if (status === 'refused') return []
  const lastMs = status === 'ok' ? endMs : Number.POSITIVE_INFINITY
  if (operation.kind === 'end') return [{ startMs, endMs: lastMs, apply: (session) => ({ ...session, ended: true }) }]
  const { id, basedOn, outcome } = operation
  const apply = (session: Session) => {
    if (session.ended || (basedOn !== null && session.version !== basedOn)) return null
    if (outcome.status === 'ok' && outcome.version !== session.version + 1) return null
    // A signal, which has no precondition, leaves no stamp.
    return { ...session, version: session.version + 1, stamp: basedOn === null ? session.stamp : id }
  }
  return [{ startMs, endMs: lastMs, apply }]
}

function shows(session: Session, found: Extract<Operation, { kind: 'read' }>['found']): boolean {
  if (found.status !== 'active') return session.ended
  return !session.ended && session.version === found.version && session.stamp === found.stamp
}
