import { startTimer } from './deadline.ts'

/** Timers of the process, as a client uses them. */
export interface ClientTimers {
  /** Calls once after so many milliseconds, for somebody who waits; what it answers cancels that. */
  readonly after: (ms: number, call: () => void) => () => void
  /** As `after`, for work that nobody waits for: it does not keep the process alive. */
  readonly inBackground: (ms: number, call: () => void) => () => void
  /** Calls once what has arrived by now has been taken in: at the end of this turn of the event loop. */
  readonly soon: (call: () => void) => void
}

/** Node.js has a place at the end of a turn; elsewhere what arrives is served apart, and nothing is gained by waiting. */
const { setImmediate: atEndOfTurn = queueMicrotask } = globalThis as { readonly setImmediate?: (call: () => void) => void }

/** The timers of the platform. */
export const systemTimers: ClientTimers = {
  after: startTimer,
  inBackground: (ms, call) => {
    const timer: unknown = setTimeout(call, ms)
    // Node.js has timers that a process does not wait for; elsewhere a timer is a number, and no process ends.
    ;(timer as { readonly unref?: () => void }).unref?.()
    return () => clearTimeout(timer as ReturnType<typeof setTimeout>)
  },
  soon: (call) => void atEndOfTurn(call),
}
