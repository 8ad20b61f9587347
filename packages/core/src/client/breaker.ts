import type { Clock } from './clock.ts'

/** Keeps an application from waiting for a gateway that is known to be away. */
export interface Breaker {
  /** Whether a request may be sent now. */
  admits(): boolean
  succeeded(): void
  failed(): void
}

/** 5 in a row: one lost connection is not an outage. */
export const failuresToOpen = 5

/** 250 ms: an open breaker lets a request through this often, so that the first good read follows the gateway's return within 1 s. */
export const probeEveryMs = 250

/** Opens after five failures in a row; while it is open one request in 250 ms goes through as a probe, and the first success closes it. */
export function createBreaker(clock: Clock): Breaker {
  let failures = 0
  let probedAtMs = 0
  return {
    admits() {
      if (failures < failuresToOpen) return true
      const nowMs = clock.monotonicMs()
      if (nowMs - probedAtMs < probeEveryMs) return false
      probedAtMs = nowMs
      return true
    },
    succeeded() {
      failures = 0
    },
    failed() {
      failures += 1
      if (failures === failuresToOpen) probedAtMs = clock.monotonicMs()
    },
  }
}
