/** 500 ms: how long a lease is good for, counted from when its heartbeat was queued. A longer one makes every write wait longer. */
export const leaseMs = 500

/** 125 ms: three heartbeats may be lost before reads have to ask the gateway. */
export const heartbeatMs = 125

/** 1 %: how far the rate of a process's monotonic clock may be off; quartz is fifty times better. */
export const clockRateError = 0.01

/** 3 ms: what wall and monotonic clock may be seen to disagree by within a lease. A machine that was suspended shows more. */
export const clockSlackMs = 3

/** 4 ms: the longest suspension that stays unseen, since the wall clock counts whole milliseconds. The wait of a write covers it. */
export const unseenPauseMs = clockSlackMs + 1

/** 515 ms: how long a write waits at most before it is acknowledged. Nobody can then hold a lease from before it. */
export const settleMs = 515

/** A moment on both clocks of a process. */
export interface Moment {
  readonly monotonicMs: number
  readonly wallMs: number
}

/** Where a store stood when something was read in it. */
export interface StorePosition {
  readonly seq: number
  readonly epoch: string
}

/** The right to answer reads from memory for a while: everything that changed up to `seq` has been dropped from the cache. */
export interface Lease extends StorePosition {
  /** When its heartbeat was queued, on the monotonic clock of the process: nothing that is held is older than this. */
  readonly queuedAtMs: number
  /** On the same clock. */
  readonly validUntilMs: number
  /** What the wall clock was ahead of the monotonic one by when the heartbeat was queued. */
  readonly wallAheadMs: number
}

/**
 * The lease that a heartbeat brings. Counted from before it was *queued*, not from its answer: the gateway looked into the
 * store after that, and how long the answer was on its way is not known (rule 7).
 */
export function leaseFrom(queued: Moment, processed: StorePosition, validMs: number): Lease {
  return {
    seq: processed.seq,
    epoch: processed.epoch,
    queuedAtMs: queued.monotonicMs,
    validUntilMs: queued.monotonicMs + validMs,
    wallAheadMs: queued.wallMs - queued.monotonicMs,
  }
}

/**
 * Whether a held snapshot may be served without asking the gateway.
 *
 * Compared when the read happens: after a pause a timer that ends the lease may run later than the read. Clocks that
 * disagree belong to a machine that was suspended, or whose time was set: nothing is known of how long that took.
 */
export function mayServeLocally(lease: Lease | null, monotonicMs: number, wallMs: number): boolean {
  if (lease === null || monotonicMs >= lease.validUntilMs) return false
  return Math.abs(wallMs - monotonicMs - lease.wallAheadMs) <= clockSlackMs
}

/**
 * Whether an answer may be kept for local reads.
 *
 * Install rule: it must have been read at or after the last change that was taken out of the cache. An older one may hold
 * what a heartbeat has just dropped, and nothing would drop it again. Before the first lease there is nothing to be older than.
 */
export function mayInstall(lease: StorePosition | null, read: StorePosition | null): boolean {
  if (lease === null) return true
  return read !== null && read.epoch === lease.epoch && read.seq >= lease.seq
}

/** Whether what a heartbeat brings continues from where the process stands; if not, nothing that is held can be trusted. */
export function continues(lease: StorePosition | null, brought: StorePosition): boolean {
  return lease !== null && brought.epoch === lease.epoch && brought.seq >= lease.seq
}

/**
 * The shortest wait after which no lease from before a write is in force, however the clocks of reader and gateway run
 * within their error: L·(1+ρ)/(1−ρ)+δ.
 */
export function shortestSettleMs(validMs: number, rateError: number, slackMs: number): number {
  return (validMs * (1 + rateError)) / (1 - rateError) + slackMs * (1 + rateError)
}
