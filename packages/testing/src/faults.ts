import type { Duration } from '@single-state/core/protocol'
import { millisecondsOf, type TestClock } from './clock.ts'

/** A request of an application that has reached the gateway. */
export interface GatewayCall {
  readonly method: string
  /** Without the query. */
  readonly path: string
}

/** Faults between applications and the gateway, by name. Sign-ins and the calls of the test itself do not meet them. */
export interface GatewayFaults {
  /**
   * No request reaches the gateway until what this answers is called, or the clock was moved on by `for`. Coming back takes
   * 250 ms of the test clock: after that long a client that had given up tries again.
   */
  readonly outage: (options?: { readonly for?: Duration | number }) => () => void
  /**
   * Every answer takes that long by the test clock: it moves on, nobody waits. A call that allows itself less fails then,
   * although the gateway has done what was asked. With `real` the time is waited. Ends with what this answers.
   */
  readonly latency: (by: Duration | number, options?: { readonly real?: boolean }) => () => void
  /** The answers to the next writes are lost after the gateway has applied them. Default 1; a client repeats a lost write twice. */
  readonly loseAnswerNext: (times?: number) => void
}

/** Carries requests of applications to the gateway, faults included. Rejects as `fetch` does where there is no answer. */
export type Carry = (request: Request, timeoutMs?: number) => Promise<Response>

/** What the faults stand between. */
export interface FaultParts {
  readonly clock: TestClock
  readonly fetch: (request: Request) => Promise<Response>
  /** Called before a request reaches the gateway: another writer can be faster here. */
  readonly before: (request: Request) => Promise<void>
}

/** Taken before a test replaces the timers. */
const { setImmediate: atEndOfTurn } = globalThis

/** 250 ms: the pause of a client's breaker between two attempts. */
const returnMs = 250

/** Makes the way to the gateway, without a fault at first. */
export function createFaults({ clock, fetch, before }: FaultParts): {
  readonly faults: GatewayFaults
  readonly carry: Carry
  readonly calls: readonly GatewayCall[]
} {
  const calls: GatewayCall[] = []
  let awayUntilMs = 0
  let delay = { ms: 0, real: false }
  let toLose = 0

  async function takeTime(sentAtMs: number, timeoutMs: number): Promise<void> {
    const ms = Math.min(delay.ms, timeoutMs)
    if (delay.real) await new Promise((resolve) => setTimeout(resolve, ms))
    else if (ms > 0) {
      // Calls that are out at the same time take that long together, not one after the other: those of this turn have to be out.
      await new Promise<void>((resolve) => void atEndOfTurn(resolve))
      clock.advance(Math.max(0, sentAtMs + ms - clock.monotonicMs()))
    }
    if (delay.ms >= timeoutMs) throw new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError')
  }

  function losesAnswer({ method }: Request): boolean {
    if (toLose === 0 || method === 'GET' || method === 'POST') return false
    toLose -= 1
    return true
  }

  return {
    calls,
    async carry(request, timeoutMs = Number.POSITIVE_INFINITY) {
      if (clock.monotonicMs() < awayUntilMs) throw noAnswer('the test gateway is away: outage()')
      const sentAtMs = clock.monotonicMs()
      await before(request)
      calls.push({ method: request.method, path: new URL(request.url).pathname })
      const loses = losesAnswer(request)
      const answer = await fetch(request)
      await takeTime(sentAtMs, timeoutMs)
      if (loses) throw noAnswer('the answer of the test gateway was lost: loseAnswerNext()')
      return answer
    },
    faults: {
      outage(options = {}) {
        const forMs = options.for === undefined ? Number.POSITIVE_INFINITY : millisecondsOf(options.for, 'outage for')
        awayUntilMs = clock.monotonicMs() + forMs
        return () => {
          if (clock.monotonicMs() < awayUntilMs) clock.advance(returnMs)
          awayUntilMs = 0
        }
      },
      latency(by, { real = false } = {}) {
        delay = { ms: millisecondsOf(by, 'latency'), real }
        return () => {
          delay = { ms: 0, real: false }
        }
      },
      loseAnswerNext(times = 1) {
        toLose = times
      },
    },
  }
}

/** As the platform's `fetch` rejects when a connection fails. */
function noAnswer(why: string): TypeError {
  return new TypeError('fetch failed', { cause: new Error(why) })
}
