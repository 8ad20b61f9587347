/** Starts the time limit of one request: `passed` is called with the reason to end it after `ms` milliseconds, unless what it returns is called before. */
export function startDeadline(ms: number, passed: (late: DOMException) => void): () => void {
  return startTimer(ms, () => passed(new DOMException(`no whole answer within ${ms} ms`, 'TimeoutError')))
}

/** Calls `passed` after `ms` milliseconds, unless what it returns is called before. */
export function startTimer(ms: number, passed: () => void): () => void {
  const timer = setTimeout(passed, ms)
  return () => clearTimeout(timer)
}
