import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What a gateway counts. Each gateway has a registry of its own, so that two in one process do not mix. */
export interface Metrics {
  readonly request: (route: string, method: string, status: number, seconds: number) => void
  /** `result`: `document`, `unchanged`, or the code of the refusal. */
  readonly read: (result: string, count?: number) => void
  readonly commit: (kind: 'update' | 'signal') => void
  readonly conflict: () => void
  readonly end: (why: string, sessions: number) => void
  /** `result`: `changes`, or `reset` where a process has to start anew. */
  readonly heartbeat: (result: 'changes' | 'reset') => void
  readonly store: (operation: string, outcome: 'ok' | 'failed', seconds: number) => void
  /** How many audit records the sink does not have yet. */
  readonly auditSinkBehind: (records: number) => void
  /** In the text format of Prometheus. */
  readonly expose: () => Promise<{ readonly contentType: string; readonly text: string }>
}

/** A millisecond to two seconds: from a store on this machine to the deadline of a write. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2]

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name: `single_state_${name}`, help, labelNames: [...labelNames], registers })
  const requests = counter('requests_total', 'Requests by route, method and status.', ['route', 'method', 'status'])
  const reads = counter('reads_total', 'Session reads by result; a batch counts each of its reads.', ['result'])
  const commits = counter('commits_total', 'Committed changes by kind.', ['kind'])
  const conflicts = counter('conflicts_total', 'Writes that lost against another.', [])
  const ends = counter('ends_total', 'Ended sessions by why.', ['why'])
  const heartbeats = counter('heartbeats_total', 'Answered heartbeats by result; a reset empties the cache of a process.', ['result'])
  const sinkBehind = new Gauge({
    name: 'single_state_audit_sink_behind',
    help: 'Audit records that the sink has not taken yet; 0 where there is no sink.',
    registers,
  })
  const requestSeconds = new Histogram({
    name: 'single_state_request_seconds',
    help: 'Time to answer by route.',
    labelNames: ['route'],
    buckets,
    registers,
  })
  const storeSeconds = new Histogram({
    name: 'single_state_store_seconds',
    help: 'Time of store calls by operation and outcome.',
    labelNames: ['operation', 'outcome'],
    buckets,
    registers,
  })
  return {
    request: (route, method, status, seconds) => {
      requests.inc({ route, method, status })
      requestSeconds.observe({ route }, seconds)
    },
    read: (result, count = 1) => reads.inc({ result }, count),
    commit: (kind) => commits.inc({ kind }),
    conflict: () => conflicts.inc(),
    end: (why, sessions) => ends.inc({ why }, sessions),
    heartbeat: (result) => heartbeats.inc({ result }),
    store: (operation, outcome, seconds) => storeSeconds.observe({ operation, outcome }, seconds),
    auditSinkBehind: (records) => sinkBehind.set(records),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}
