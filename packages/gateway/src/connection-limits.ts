import type { Throttle } from './http/throttle.ts'

/** Limits of the connections to a gateway's listener. Who sends slowly, or much, waits on their own account and not on everybody's. */
export interface ConnectionLimits {
  /** Most at once, and most requests under way, 1 to 65,535; each costs memory, and applications reuse theirs. Default 4,096. */
  readonly most?: number
  /** Time for the headers of a request in milliseconds, 100 to 5,000. Default 5,000. */
  readonly headersTimeoutMs?: number
  /** Time for a whole request in milliseconds, not below that of its headers, up to 10,000. Default 10,000. */
  readonly requestTimeoutMs?: number
}

/** The limits with every default, and what follows from them. */
export interface CheckedConnectionLimits extends Required<ConnectionLimits> {
  /** How long a connection may be without a byte in either direction. */
  readonly silenceMs: number
  /** How fast those who are too slow are disconnected. */
  readonly disconnects: Throttle
}

/** 3: longer than any answer takes that waits for store and provider, and no longer than that. */
const requestsOfSilence = 3

/** 2 ms: a turn takes less than one, and nobody waits longer than that for it. */
const disconnectEveryMs = 2

/** @throws TypeError that names the limit and its range. */
export function connectionLimitsOf({
  most = 4_096,
  headersTimeoutMs = 5_000,
  requestTimeoutMs = 10_000,
}: ConnectionLimits): CheckedConnectionLimits {
  checkRange('most', most, 1, 65_535)
  checkRange('headersTimeoutMs', headersTimeoutMs, 100, 5_000)
  checkRange('requestTimeoutMs', requestTimeoutMs, headersTimeoutMs, 10_000)
  // All of them within the time that headers have, so that a crowd is gone before the next one is too slow.
  const callsPerTurn = Math.ceil((most * disconnectEveryMs) / headersTimeoutMs)
  const disconnects = { callsPerTurn, everyMs: disconnectEveryMs }
  return { most, headersTimeoutMs, requestTimeoutMs, silenceMs: requestsOfSilence * requestTimeoutMs, disconnects }
}

function checkRange(name: keyof ConnectionLimits, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new TypeError(`connections.${name}: expected ${least} to ${most}, found ${value}`)
}
