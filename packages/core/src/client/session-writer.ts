import { mayBeForgotten } from '../consistency/idempotency.ts'
import type { Receipt } from '../document/session-document.ts'
import type { RefreshAnswer, SessionSummary } from '../document/wire-schemas.ts'
import { codes, isSessionError, SessionConflictError, SessionError, type SessionErrorCode } from '../errors.ts'
import type { DocumentEnvelope } from './answers.ts'
import type { Clock } from './clock.ts'
import type { Exchange } from './exchange.ts'
import type { CallOutcome } from './gateway-call.ts'
import type { GatewayCalls } from './gateway-calls.ts'
import type { Intake } from './intake.ts'
import { type CallFailure, errorOf, type ReadSuccess, readFailureOf, retryAfterMs } from './outcome.ts'
import type { Presented } from './presented.ts'
import type { ReadFlights } from './read-flights.ts'

/** A change of the session, as the wire names it. */
export interface PatchBody {
  readonly reason: string
  readonly set: Readonly<Record<string, unknown>>
  readonly unset: readonly string[]
  readonly settle?: 'commit'
}

/** Writes sessions. Every method rejects with a `SessionError` unless the gateway acknowledged the write. */
export interface SessionWriter<View> {
  /** Changes the session if it is still at `etag`; rejects with `SessionConflictError` when it is not (rule 4). */
  patch(presented: Presented, etag: string, body: PatchBody): Promise<ReadSuccess<View>>
  /** Publishes a signal: the last writer wins, no precondition (rule 4). */
  publish(presented: Presented, signal: string, value: unknown): Promise<ReadSuccess<View>>
  /** Ends this session everywhere, or finds that it is over already. */
  signOut(presented: Presented, reason: string): Promise<void>
  /** Ends sessions: the person's others, or what an operator names. */
  end(presented: Presented | null, path: string, reason: string): Promise<{ readonly receipt: Receipt; readonly ended: number }>
  /** Derives the entitlements of a person's sessions anew, for an operator. */
  refresh(presented: Presented | null, path: string, reason: string): Promise<RefreshAnswer>
  /** Lists sessions: the person's own, or those of a subject that an operator names. */
  list(presented: Presented | null, path: string): Promise<readonly SessionSummary[]>
}

/** 2 repeats of 2 s each: the answer was lost, not refused; longer than that nobody waits. */
export const repeatsOfUnknown = 2

interface SessionWriterOptions<View> {
  readonly calls: GatewayCalls
  readonly intake: Intake<View>
  readonly ask: ReadFlights<View>
  readonly exchange: Exchange<View>
  readonly clock: Clock
}

/** Makes the writer of one application. */
export function createSessionWriter<View>({ calls, intake, ask, exchange, clock }: SessionWriterOptions<View>): SessionWriter<View> {
  async function write(
    presented: Presented,
    send: (idempotencyKey: string) => Promise<CallOutcome<DocumentEnvelope>>,
    basedOn?: number,
  ): Promise<ReadSuccess<View>> {
    const sentAtMs = clock.monotonicMs()
    const idempotencyKey = crypto.randomUUID()
    const answer = await act(presented, () => send(idempotencyKey), basedOn)
    const known = intake.document(presented.claims, { ...answer, document: answer.value.document }, sentAtMs)
    // The write stands. Where this process has shown something newer since, that is to be read, not what was written (rule 6).
    const outcome = known === 'passed' ? await ask(presented) : known
    if (outcome.status === 'active') return outcome
    // What cannot be shown stands all the same: nothing was refused, whatever the read says of the token. Only an end is news.
    throw outcome.status === 'ended' ? errorOf(outcome) : new SessionError('outcome_unknown', undefined, { retryAfterMs })
  }

  async function act<Value>(
    presented: Presented | null,
    send: () => Promise<CallOutcome<Value>>,
    basedOn?: number,
  ): Promise<Acknowledged<Value>> {
    const answer = await untilKnown(() => withLivingToken(presented, send), basedOn)
    if (!isUnknown(answer)) return acknowledged(presented, answer)
    throw new SessionError('outcome_unknown', undefined, { retryAfterMs, ...(answer.kind === 'silence' && { cause: answer.cause }) })
  }

  /**
   * The token may have run out while the handler worked: one exchange makes the gateway accept it for this call. It may also
   * have been replaced, with another request of the browser: then it is too late for this one, and nothing is exchanged.
   */
  async function withLivingToken<Value>(presented: Presented | null, send: () => Promise<CallOutcome<Value>>): Promise<CallOutcome<Value>> {
    const answer = await send()
    if (answer.kind !== 'problem' || presented === null || !hasRunOut(answer.code)) return answer
    // A bearer token is its sender's to exchange, whatever became of it.
    if (presented.kind === 'bearer') return { ...answer, code: 'token_expired' }
    if (answer.code === 'token_replaced') return answer
    const { outcome } = await exchange(presented, 'again')
    if (outcome.status === 'active') return send()
    if (outcome.status === 'unavailable' && outcome.code === 'token_replaced') return { ...answer, code: 'token_replaced' }
    if (outcome.status === 'unavailable') return { kind: 'silence', cause: errorOf(outcome), sent: false }
    throw errorOf(outcome)
  }

  function acknowledged<Value>(presented: Presented | null, answer: CallOutcome<Value>): Acknowledged<Value> {
    if (answer.kind === 'ok') return answer
    const refusal = refusalOf(answer)
    if (refusal) throw refusal
    const failure = readFailureOf(answer)
    throw errorOf(presented ? intake.failure(presented.claims.sid, failure) : failure)
  }

  async function end(presented: Presented | null, path: string, reason: string) {
    return (await act(presented, () => calls.end(presented, path, reason))).value
  }

  return {
    patch: (presented, ifMatch, body) =>
      write(presented, (idempotencyKey) => calls.patch({ ...shownOf(presented), ifMatch, idempotencyKey, body }), versionOf(ifMatch)),
    publish: (presented, signal, value) =>
      write(presented, (idempotencyKey) => calls.signal(signal, { ...shownOf(presented), idempotencyKey, body: { value } })),
    async signOut(presented, reason) {
      try {
        await end(presented, '/v1/session', reason)
      } catch (error) {
        if (!isOver(error)) throw error
      }
      intake.failure(presented.claims.sid, { status: 'ended', reason: 'revoked' })
    },
    end,
    async refresh(presented, path, reason) {
      return (await act(presented, () => calls.refresh(presented, path, reason))).value
    },
    async list(presented, path) {
      return acknowledged(presented, await withLivingToken(presented, () => calls.list(presented, path))).value.sessions
    },
  }
}

type Acknowledged<Value> = Extract<CallOutcome<Value>, { kind: 'ok' }>

/**
 * Repeats a call whose outcome is not known, with the key it had: the gateway answers a repeat as the success that it was
 * and applies nothing twice. The caller's function does not run again before there is an answer, and what was unknown
 * stays unknown until there is one: that a repeat was not let through says nothing about the first.
 */
async function untilKnown<Value>(send: () => Promise<CallOutcome<Value>>, basedOn = 0): Promise<CallOutcome<Value>> {
  const first = await send()
  if (!isUnknown(first)) return first
  for (let repeat = 0; repeat < repeatsOfUnknown; repeat += 1) {
    const answer = await send()
    if (answer.kind === 'ok' || (answer.kind === 'problem' && saysWhatBecame(answer, basedOn))) return answer
  }
  return first
}

/** Whether something may have come of the call. A gateway that met what it did not expect may have met it after the commit. */
function isUnknown(answer: CallOutcome<unknown>): boolean {
  if (answer.kind === 'silence') return answer.sent
  return answer.kind === 'unchanged' || (answer.kind === 'problem' && ['outcome_unknown', 'internal_error'].includes(answer.code))
}

/** Whether the refusal of a repeat means that the first was not applied. */
function saysWhatBecame({ code, version }: Extract<CallFailure, { kind: 'problem' }>, basedOn: number): boolean {
  if (code === 'version_conflict' && version !== undefined) return !mayBeForgotten(basedOn, version)
  // The token is judged before the key: that it has run out by now says nothing about the first.
  if (hasRunOut(code)) return false
  return !codes[code].retryable
}

/** What the gateway says about the call itself; null where it is about the session, the gateway or us. */
function refusalOf(answer: CallFailure): SessionError | null {
  if (answer.kind !== 'problem') return null
  if (answer.code === 'version_conflict') return new SessionConflictError(answer.version ?? 0)
  const isOurs = answer.status === 401 || answer.code === 'contract_mismatch' || codes[answer.code].retryable
  return isOurs ? null : new SessionError(answer.code, answer.detail)
}

function hasRunOut(code: SessionErrorCode): boolean {
  return code === 'token_expired' || code === 'token_replaced'
}

/** Whether the session was over before it could be ended: that is as good. A token that has merely expired leaves it alive. */
function isOver(error: unknown): boolean {
  return isSessionError(error) && error.name === 'SessionMissingError' && error.code !== 'token_expired'
}

/** The entity tag of a document begins with its version. */
function versionOf(etag: string): number {
  return Number.parseInt(etag.slice(1), 10)
}

function shownOf({ token, traceparent }: Presented) {
  return { token, traceparent }
}
