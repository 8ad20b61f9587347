import type { Clock } from '../client/clock.ts'
import type { ReadSuccess } from '../client/outcome.ts'
import type { SessionResult } from '../client/session-result.ts'
import { ageMs } from '../consistency/freshness.ts'
import { shownSignals } from '../consistency/signals.ts'
import { composeView } from '../document/parse-view.ts'
import type { Resolved } from './resolve.ts'

/** The session as an application gets it now: with the signals that have time left, none in an outage (rule 11). */
export function shownSession<View extends object>({ snapshot, source }: ReadSuccess<View>, clock: Clock): View {
  return composeView(snapshot.view, shownSignals(source, snapshot.signals, clock.monotonicMs()))
}

/** What was found out about a request's session, without what is no application's business. */
export function shownResult<View extends object>(outcome: Resolved<View>['outcome'], clock: Clock): SessionResult<View> {
  if (outcome.status === 'active') {
    const { snapshot, source, confirmedAtMs } = outcome
    const age = Math.round(ageMs(confirmedAtMs, clock.monotonicMs()))
    return { status: 'active', session: shownSession(outcome, clock), source, version: snapshot.version, ageMs: age }
  }
  if (outcome.status !== 'unavailable') return outcome
  return { status: 'unavailable', code: outcome.code, retryAfterMs: outcome.retryAfterMs }
}
