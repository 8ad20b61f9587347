import { isSessionError, SessionError } from '@single-state/core/protocol'
import { inTime } from './in-time.ts'
import type { SessionStore } from './stores/store.ts'
import type { Log } from './telemetry/log.ts'
import type { Metrics } from './telemetry/metrics.ts'

/** How long each call may take, and what is true when it takes longer: that nothing was read, or that nobody knows. */
export const deadlines = {
  create: { ms: 5_000, late: 'outcome_unknown' },
  read: { ms: 400, late: 'store_unavailable' },
  commit: { ms: 1_800, late: 'outcome_unknown' },
  end: { ms: 1_800, late: 'outcome_unknown' },
  endSubject: { ms: 1_800, late: 'outcome_unknown' },
  endAll: { ms: 1_800, late: 'outcome_unknown' },
  exchange: { ms: 1_800, late: 'outcome_unknown' },
  confirm: { ms: 400, late: 'store_unavailable' },
  listBySubject: { ms: 1_800, late: 'store_unavailable' },
  findByIdpSession: { ms: 1_800, late: 'store_unavailable' },
  changesSince: { ms: 400, late: 'store_unavailable' },
  appendAudit: { ms: 1_800, late: 'audit_unavailable' },
  auditQuery: { ms: 5_000, late: 'store_unavailable' },
  sweep: { ms: 30_000, late: 'outcome_unknown' },
  signingKeys: { ms: 1_800, late: 'store_unavailable' },
  saveSigningKeys: { ms: 1_800, late: 'outcome_unknown' },
  health: { ms: 1_000, late: 'store_unavailable' },
  diagnose: { ms: 5_000, late: 'store_unavailable' },
} as const

type Operation = keyof typeof deadlines

/** 512: beyond this the store is not keeping up, and waiting longer helps nobody. */
export const mostCalls = 512

/** What the guard needs of the process. */
export interface GuardPorts {
  readonly metrics: Metrics
  readonly log: Log
  /** Calls back once after so many milliseconds; what it answers cancels that. */
  readonly after: (ms: number, call: () => void) => () => void
}

/** A store whose every call is measured, has a deadline, and is refused at once when too many are under way. */
export function guardStore(store: SessionStore, ports: GuardPorts): SessionStore {
  let underWay = 0
  const run = async <Answer>(operation: Operation, call: () => Promise<Answer>): Promise<Answer> => {
    // One look at the changes keeps many reads away: shedding it would make the overload last.
    if (underWay >= mostCalls && operation !== 'changesSince')
      throw new SessionError('store_unavailable', undefined, { retryAfterMs: 1_000 })
    underWay++
    const startedAt = performance.now()
    const observe = (outcome: 'ok' | 'failed') => ports.metrics.store(operation, outcome, (performance.now() - startedAt) / 1_000)
    try {
      const answer = await within(operation, call(), ports)
      observe('ok')
      return answer
    } catch (error) {
      observe('failed')
      if (isSessionError(error)) ports.log.error({ operation, code: error.code, why: reasonOf(error) }, 'the store did not answer')
      throw error
    } finally {
      underWay--
    }
  }
  return guarded(store, run)
}

function guarded(store: SessionStore, run: <Answer>(operation: Operation, call: () => Promise<Answer>) => Promise<Answer>): SessionStore {
  return {
    name: store.name,
    durability: store.durability,
    create: (...args) => run('create', () => store.create(...args)),
    read: (...args) => run('read', () => store.read(...args)),
    commit: (...args) => run('commit', () => store.commit(...args)),
    end: (...args) => run('end', () => store.end(...args)),
    endSubject: (...args) => run('endSubject', () => store.endSubject(...args)),
    endAll: (...args) => run('endAll', () => store.endAll(...args)),
    exchange: (...args) => run('exchange', () => store.exchange(...args)),
    confirm: (...args) => run('confirm', () => store.confirm(...args)),
    listBySubject: (...args) => run('listBySubject', () => store.listBySubject(...args)),
    findByIdpSession: (...args) => run('findByIdpSession', () => store.findByIdpSession(...args)),
    changesSince: (...args) => run('changesSince', () => store.changesSince(...args)),
    appendAudit: (...args) => run('appendAudit', () => store.appendAudit(...args)),
    auditQuery: (...args) => run('auditQuery', () => store.auditQuery(...args)),
    sweep: (...args) => run('sweep', () => store.sweep(...args)),
    signingKeys: () => run('signingKeys', () => store.signingKeys()),
    saveSigningKeys: (...args) => run('saveSigningKeys', () => store.saveSigningKeys(...args)),
    health: () => run('health', () => store.health()),
    diagnose: () => run('diagnose', () => store.diagnose()),
    close: () => store.close(),
  }
}

async function within<Answer>(operation: Operation, answering: Promise<Answer>, { after }: GuardPorts): Promise<Answer> {
  const { ms, late } = deadlines[operation]
  const answer = await inTime(ms, answering, after)
  if (answer !== 'late') return answer
  throw new SessionError(late, undefined, { cause: new Error(`the store took longer than ${ms} ms to ${operation}`) })
}

function reasonOf(error: SessionError): string {
  return error.cause instanceof Error ? error.cause.message : error.message
}
