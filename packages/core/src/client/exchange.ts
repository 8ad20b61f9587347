import { createFlights } from '../cache/flights.ts'
import type { Clock } from './clock.ts'
import { type GatewayCalls, readTimeoutMs } from './gateway-calls.ts'
import type { Intake } from './intake.ts'
import { type ReadOutcome, readFailureOf, unavailable } from './outcome.ts'
import type { Presented } from './presented.ts'
import type { ClientTimers } from './timers.ts'

/** The session, and a token's successor. */
export interface Exchanged<View> {
  readonly outcome: Exclude<ReadOutcome<View>, { status: 'expired' }>
  /** For the browser; null when the exchange failed. */
  readonly successor: string | null
}

/** Exchanges tokens for their successors. Never rejects. */
export type Exchange<View> = (presented: Presented, manner?: ExchangeManner) => Promise<Exchanged<View>>

/**
 * How the gateway takes a token that was replaced: as a copy, which ends the session (the default), or as one that this
 * request has shown `again`. Its browser may have moved on since: then it is refused, and ends nothing.
 */
export type ExchangeManner = 'first' | 'again'

/** 16: an exchange carries one token, and after an outage everybody's is due at once. */
export const mostOut = 16
export const mostWaiting = 10_000

interface ExchangeOptions<View> {
  readonly calls: GatewayCalls
  readonly intake: Intake<View>
  readonly clock: Clock
  readonly timers: Pick<ClientTimers, 'after' | 'soon'>
}

interface Question {
  readonly presented: Presented
  readonly manner: ExchangeManner
}

/**
 * Makes the exchange of one application. Requests that come with the same token share an exchange that has not left yet:
 * it answers the session too, and that must be no older than the question (rule 5). The gateway gives the second exchange
 * of a token the successor that it gave the first.
 */
export function createExchange<View>({ calls, intake, clock, timers }: ExchangeOptions<View>): Exchange<View> {
  const flights = createFlights<Question, Exchanged<View>>({
    send: async ([question]) => [await exchange(question as Question)],
    prefer: (held) => held,
    largestBatch: 1,
    mostOut,
    mostWaiting,
    soon: timers.soon,
    startDeadline: (passed) => timers.after(readTimeoutMs, passed),
  })

  async function exchange({ presented, manner }: Question): Promise<Exchanged<View>> {
    const sentAtMs = clock.monotonicMs()
    const { sid } = presented.claims
    const answer = await calls.exchange(presented, manner === 'again')
    if (answer.kind === 'ok') {
      const { document, token } = answer.value
      const known = intake.document(presented.claims, { ...answer, document }, sentAtMs)
      return { outcome: settled(known === 'passed' ? unavailable('version_not_reached') : known), successor: token }
    }
    return { outcome: intake.failure(sid, settled(readFailureOf(answer))), successor: null }
  }

  return async (presented, manner = 'first') => {
    try {
      return await flights.ask(`${manner} ${presented.token}`, { presented, manner })
    } catch (cause) {
      return { outcome: { ...unavailable('store_unavailable'), silence: { cause } }, successor: null }
    }
  }
}

/** There is no further cure for a token that has expired: a gateway that cannot exchange it denies nobody by that. */
function settled<Outcome extends { readonly status: string }>(outcome: Outcome) {
  return outcome.status === 'expired' ? unavailable('token_expired') : (outcome as Exclude<Outcome, { status: 'expired' }>)
}
