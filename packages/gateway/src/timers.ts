/** Timers of the process, as the gateway uses them; none of them keeps a process alive. */
export interface Timers {
  /** Calls once after so many milliseconds; what it answers cancels that. */
  readonly after: (ms: number, call: () => void) => () => void
  /** Calls every so many milliseconds; what it answers ends that. */
  readonly every: (ms: number, call: () => void) => () => void
}

/** As `after`, for somebody who waits: it keeps the process alive until then. */
export const afterForWaiters: Timers['after'] = (ms, call) => {
  const timer = setTimeout(call, ms)
  return () => clearTimeout(timer)
}

export const processTimers: Timers = {
  after: (ms, call) => {
    const timer = setTimeout(call, ms).unref()
    return () => clearTimeout(timer)
  },
  every: (ms, call) => {
    const timer = setInterval(call, ms).unref()
    return () => clearInterval(timer)
  },
}
