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
export type Exchange<View> = (presented: Presented) => Promise<Exchanged<View>>

/** 16: an exchange carries one token, and after an outage everybody's is due at once. */
export const mostOut = 16
export const mostWaiting = 10_000

interface ExchangeOptions<View> {
  readonly calls: GatewayCalls
  readonly intake: Intake<View>
  readonly clock: Clock
  readonly timers: Pick<ClientTimers, 'after' | 'soon'>
  /**
   * For requests that have shown their token before. Their browser may have moved on since, so that the token is no copy
   * although it was replaced: the gateway refuses it, and ends nothing. Default false.
   */
  readonly again?: boolean
}

/**
 * Makes the exchange of one application. Requests that come with the same token share an exchange that has not left yet:
 * it answers the session too, and that must be no older than the question (rule 5). The gateway gives the second exchange
 * of a token the successor that it gave the first.
 */
export function createExchange<View>({ calls, intake, clock, timers, again = false }: ExchangeOptions<View>): Exchange<View> {
  const flights = createFlights<Presented, Exchanged<View>>({
    send: async ([presented]) => [await exchange(presented as Presented)],
    prefer: (held) => held,
    largestBatch: 1,
    mostOut,
    mostWaiting,
    soon: timers.soon,
    startDeadline: (passed) => timers.after(readTimeoutMs, passed),
  })

  async function exchange(presented: Presented): Promise<Exchanged<View>> {
    const sentAtMs = clock.monotonicMs()
    const { sid } = presented.claims
    const answer = await calls.exchange(presented, again)
    if (answer.kind === 'ok') {
      const { document, token } = answer.value
      const known = intake.document(presented.claims, { ...answer, document }, sentAtMs)
      return { outcome: settled(known === 'passed' ? unavailable('version_not_reached') : known), successor: token }
    }
    return { outcome: intake.failure(sid, settled(readFailureOf(answer))), successor: null }
  }

  return async (presented) => {
    try {
      return await flights.ask(presented.token, presented)
    } catch (cause) {
      return { outcome: { ...unavailable('store_unavailable'), silence: { cause } }, successor: null }
    }
  }
}

/** There is no further cure for a token that has expired: a gateway that cannot exchange it denies nobody by that. */
function settled<Outcome extends { readonly status: string }>(outcome: Outcome) {
  return outcome.status === 'expired' ? unavailable('token_expired') : (outcome as Exclude<Outcome, { status: 'expired' }>)
}
