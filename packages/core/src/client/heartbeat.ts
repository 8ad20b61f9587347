import type { SnapshotCache } from '../cache/snapshot-cache.ts'
import { continues, leaseFrom, type Moment, type StorePosition } from '../consistency/lease.ts'
import type { ApplicationAnswer, HeartbeatAnswer } from '../document/wire-schemas.ts'
import { codes } from '../errors.ts'
import type { Clock } from './clock.ts'
import type { CallOutcome } from './gateway-call.ts'
import type { GatewayCalls } from './gateway-calls.ts'
import type { KnownGateway } from './known-gateway.ts'
import type { ClientLog, Report } from './log.ts'
import type { ClientTimers } from './timers.ts'
import type { TokenCheck } from './token-check.ts'

/** Keeps the lease of one process in force, while anybody reads by it. */
export interface LeaseKeeper {
  /** Says that a live read is being made: the first one starts the heartbeats. */
  want(): void
  /** Ends the heartbeats for good; the lease runs out by itself. */
  close(): void
}

/** 1 s: while the gateway is away it is not asked more often; reads have leases again within a second of its return. */
export const longestPauseMs = 1_000

/** 30 s: a gateway that grants no leases is configured so, and that changes with a restart. */
const refusedPauseMs = 30_000

/** A tenth: processes that started together do not go on asking together. Only ever earlier, so that no lease is missed by it. */
const jitter = 0.1

interface HeartbeatOptions {
  /** Over a connection of its own: a heartbeat must not queue behind reads. */
  readonly calls: Pick<GatewayCalls, 'heartbeat'>
  readonly cache: Pick<SnapshotCache<unknown>, 'lease' | 'renew'>
  readonly known: Pick<KnownGateway, 'facts' | 'keepOnly'>
  readonly tokens: Pick<TokenCheck, 'forget'>
  readonly clock: Clock
  readonly timers: Pick<ClientTimers, 'inBackground'>
  /** From 0 up to 1. */
  readonly random: () => number
  readonly report: Report
}

type Terms = NonNullable<ApplicationAnswer['lease']>

/** Makes the heartbeats of one process. None is sent before the first live read, and never two at once. */
export function createHeartbeats(options: HeartbeatOptions): LeaseKeeper {
  const { calls, cache, known, tokens, clock, timers, random, report } = options
  const process = crypto.randomUUID()
  let state: 'idle' | 'beating' | 'refused' | 'closed' = 'idle'
  let failures = 0
  let cancel = () => {}

  /** What the gateway grants; null where it grants nothing, or that is being asked for anew. */
  function granted(): Terms | null {
    const facts = known.facts()
    return facts instanceof Promise || 'status' in facts ? null : facts.application.lease
  }

  /** `regularAtMs`: for one that only says where this process stands, when the heartbeat before it was queued. */
  async function beat(terms: Terms, regularAtMs?: number): Promise<void> {
    // Before it is queued: whatever changes after this may be missing from the answer.
    const queued = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() }
    const held = cache.lease()
    const answer = await calls.heartbeat({ epoch: held?.epoch ?? '', since: held?.seq ?? 0, process }, terms.validMs)
    if (state === 'closed') return
    if (answer.kind === 'ok') take(answer.value, queued)
    failures = answer.kind === 'ok' ? 0 : failures + 1
    if (isRefusal(answer)) refused(answer)
    else if (answer.kind === 'ok' && regularAtMs === undefined && hasMoved(held, cache.lease())) tellSoon(terms, queued)
    else later(granted() ?? terms, regularAtMs ?? queued.monotonicMs)
  }

  /** Drops first, then holds the lease, with nothing in between. */
  function take({ epoch, seq, changed, reset, keys }: HeartbeatAnswer, queued: Moment): void {
    const isOther = known.keepOnly(keys)
    if (isOther) tokens.forget()
    // Looked up each time: a lease longer than what is granted by now would outlast the wait of a write (rule 5).
    const lease = leaseFrom(queued, { epoch, seq }, granted()?.validMs ?? 0)
    const isContinued = !isOther && reset !== true && changed !== undefined && continues(cache.lease(), lease)
    cache.renew(lease, isContinued ? changed : null)
  }

  /**
   * A write may be waiting for this process to say that it has taken it in. One more between two heartbeats and no further:
   * where everything changes all the time there are twice as many, not as many as there can be.
   */
  function tellSoon(terms: Terms, { monotonicMs }: Moment): void {
    cancel = timers.inBackground(0, () => void beat(terms, monotonicMs))
  }

  function later(terms: Terms, queuedAtMs: number): void {
    const pauseMs = Math.min(terms.heartbeatMs * 2 ** Math.min(failures, 8), Math.max(terms.heartbeatMs, longestPauseMs))
    const elapsedMs = clock.monotonicMs() - queuedAtMs
    cancel = timers.inBackground(Math.max(0, pauseMs * (1 - jitter * random()) - elapsedMs), () => void beat(terms))
  }

  function refused({ code }: Refusal): void {
    // A gateway without leases says so by having nothing there; anything else is a mistake that somebody has to find.
    if (code !== 'not_found') report(code, `POST /v1/heartbeat was answered with ${code}: reads ask the gateway`)
    state = 'refused'
    cancel = timers.inBackground(refusedPauseMs * (1 - jitter * random()), () => {
      state = 'idle'
    })
  }

  return {
    want() {
      if (state !== 'idle') return
      const terms = granted()
      if (terms === null) return
      state = 'beating'
      void beat(terms)
    },
    close() {
      state = 'closed'
      cancel()
    },
  }
}

/** Where a process is frozen between requests there are no leases: a live read that was asked for by name is strict, and once it is said. */
export function refuseLeases(platform: string, log: ClientLog): LeaseKeeper {
  let said = false
  return {
    want() {
      if (!said) log({ level: 'warn', message: `live reads are refused on ${platform}: they ask the gateway, as strict ones do` })
      said = true
    },
    close: () => {},
  }
}

function hasMoved(before: StorePosition | null, now: StorePosition | null): boolean {
  return now !== null && (before?.seq !== now.seq || before.epoch !== now.epoch)
}

type Refusal = Extract<CallOutcome<never>, { kind: 'problem' }>

/** Whether the gateway has said no, rather than that it cannot for now. */
function isRefusal(answer: CallOutcome<unknown>): answer is Refusal {
  return answer.kind === 'problem' && !codes[answer.code].retryable
}
