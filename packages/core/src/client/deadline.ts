/** A time limit that is running. */
export interface Deadline {
  /** Aborts when the time is up. */
  readonly signal: AbortSignal
  /** Ends the limit: unlike `AbortSignal.timeout` it leaves nothing behind once the answer has come in time. */
  stop(): void
}

/** Starts a time limit of `ms` milliseconds. */
export function startDeadline(ms: number): Deadline {
  const controller = new AbortController()
  const stop = startTimer(ms, () => controller.abort(new DOMException(`no whole answer within ${ms} ms`, 'TimeoutError')))
  return { signal: controller.signal, stop }
}

/** Calls `passed` after `ms` milliseconds, unless what it returns is called before. */
export function startTimer(ms: number, passed: () => void): () => void {
  const timer = setTimeout(passed, ms)
  return () => clearTimeout(timer)
}
