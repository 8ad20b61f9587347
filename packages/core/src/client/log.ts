import type { SessionErrorCode } from '../errors.ts'
import type { Clock } from './clock.ts'

/** What a client reports that no caller can see: our own mistakes and the state of the gateway. Never tokens, keys or ids. */
export interface ClientLogEntry {
  readonly level: 'warn' | 'error'
  readonly message: string
  readonly cause?: unknown
}

/** Takes what a client reports. What it throws or rejects with is dropped. */
export type ClientLog = (entry: ClientLogEntry) => void

/** The log as a client writes to it: one that fails, at once or later, must fail nothing else. */
export function guardedLog(log: ClientLog): ClientLog {
  return (entry) => void new Promise((written) => written(log(entry))).catch(() => {})
}

/** Writes to the console, the one place that every runtime has. */
export const consoleLog: ClientLog = ({ level, message, cause }) => {
  const line = `single-state: ${message}`
  // biome-ignore lint/suspicious/noConsole: the default of an option; applications pass their own logger.
  console[level](...(cause === undefined ? [line] : [line, cause]))
}

/** Reports an error under its code. */
export type Report = (code: SessionErrorCode, message: string, cause?: unknown) => void

/** 5 s: an outage is a line now and then, not a line for every request. */
const sameCodeEveryMs = 5_000

/** Reports to a log, each code at most every 5 s. */
export function createReport(log: ClientLog, clock: Clock): Report {
  const reportedAtMs = new Map<SessionErrorCode, number>()
  return (code, message, cause) => {
    const nowMs = clock.monotonicMs()
    if (nowMs - (reportedAtMs.get(code) ?? Number.NEGATIVE_INFINITY) < sameCodeEveryMs) return
    reportedAtMs.set(code, nowMs)
    log({ level: 'error', message, ...(cause !== undefined && { cause }) })
  }
}
