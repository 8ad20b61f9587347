import { createFlights } from '../cache/flights.ts'
import type { SnapshotCache } from '../cache/snapshot-cache.ts'
import { type ReadsEnvelope, readResultSchema } from './answers.ts'
import type { Clock } from './clock.ts'
import { problemOf } from './gateway-call.ts'
import { type GatewayCalls, type Question, readTimeoutMs } from './gateway-calls.ts'
import type { ArrivedDocument, Intake, Known } from './intake.ts'
import { type CallFailure, type ReadOutcome, readFailureOf, unavailable, unavailableFor } from './outcome.ts'
import type { Presented } from './presented.ts'
import type { ClientTimers } from './timers.ts'

/**
 * Asks the gateway about one session, together with whoever else asks. What it answers was confirmed by a request that left
 * after the question. Never rejects.
 */
export type ReadFlights<View> = (presented: Presented) => Promise<ReadOutcome<View>>

/** 128 reads a request and 4 requests out: one gateway core answers more than four applications can ask. */
export const largestBatch = 128
export const mostOut = 4
/** 10,000 sessions waiting are two seconds of work: more is shed with 503 rather than kept waiting. */
export const mostWaiting = 10_000

interface ReadFlightsOptions<View> {
  readonly calls: GatewayCalls
  readonly cache: SnapshotCache<View>
  readonly intake: Intake<View>
  readonly clock: Clock
  readonly timers: Pick<ClientTimers, 'after' | 'soon'>
}

/** Makes the flights of one application's reads. */
export function createReadFlights<View>({ calls, cache, intake, clock, timers }: ReadFlightsOptions<View>): ReadFlights<View> {
  const flights = createFlights<Presented, Known<View>>({
    send: fly,
    prefer: newest,
    largestBatch,
    mostOut,
    mostWaiting,
    soon: timers.soon,
    startDeadline: (passed) => timers.after(readTimeoutMs, passed),
  })

  async function fly(batch: readonly Presented[]): Promise<readonly Known<View>[]> {
    const sentAtMs = clock.monotonicMs()
    const questions = batch.map(({ token, traceparent, claims }) => ({ claims, token, traceparent, etag: cache.get(claims.sid)?.etag }))
    const answers = await answersTo(questions)
    return questions.map((question, index) => takeIn(question, answers[index] as Answer, sentAtMs))
  }

  async function answersTo(questions: readonly Question[]): Promise<readonly Answer[]> {
    const [only] = questions
    if (only && questions.length === 1) {
      const answer = await calls.read(only)
      return [answer.kind === 'ok' ? { ...answer, kind: 'document', document: answer.value.document } : answer]
    }
    const answer = await calls.reads(questions)
    if (answer.kind !== 'ok') return questions.map(() => ({ kind: 'failed', failure: answer }))
    return resultsOf(answer.value, answer.bytes, questions.length)
  }

  function takeIn({ claims, etag }: Question & Pick<Presented, 'claims'>, answer: Answer, sentAtMs: number): Known<View> {
    const { sid } = claims
    switch (answer.kind) {
      case 'document':
        return confirmedSince(sentAtMs, intake.document(claims, answer, sentAtMs))
      case 'failed':
        return intake.failure(sid, unavailableFor(answer.failure))
      case 'unchanged':
        if (etag !== undefined) return confirmedSince(sentAtMs, intake.unchanged(claims, etag, sentAtMs))
    }
    return intake.failure(sid, readFailureOf(answer))
  }

  return async (presented) => {
    const ask = () => flights.ask(presented.claims.sid, presented)
    try {
      const first = await ask()
      // Late and older than what this process has shown: the next request leaves after that was known.
      const second = first === 'passed' ? await ask() : first
      return second === 'passed' ? unavailable('version_not_reached') : second
    } catch (cause) {
      return { ...unavailable('store_unavailable'), silence: { cause } }
    }
  }
}

/** One read's own answer, or the failure of the whole request that carried it. */
type Answer = ({ readonly kind: 'document' } & ArrivedDocument) | CallFailure | { readonly kind: 'failed'; readonly failure: CallFailure }

/** Each result of a batch as the answer that a read of its own would have had; one that cannot be read is alone in that. */
function resultsOf({ seq, epoch, results }: ReadsEnvelope, bytes: number, asked: number): readonly Answer[] {
  const parsed = Array.from({ length: asked }, (_, index) => readResultSchema.safeParse(results[index]).data)
  const documents = parsed.filter((result) => result?.status === 200).length
  return parsed.map((result): Answer => {
    if (result?.status === 304) return { kind: 'unchanged' }
    if (result?.status !== 200) return problemOf(result?.status ?? 500, result?.problem)
    const { document, etag = null } = result
    return { kind: 'document', document, etag, read: { seq, epoch }, bytes: Math.ceil(bytes / documents) }
  })
}

/**
 * A newer snapshot that an earlier request brought is true, but this request has not confirmed it: it may have been sent to
 * a gateway that has fallen behind.
 */
function confirmedSince<View>(sentAtMs: number, known: Known<View>): Known<View> {
  const isOlder = known !== 'passed' && known.status === 'active' && known.snapshot.confirmedAtMs < sentAtMs
  return isOlder ? 'passed' : known
}

/** The newest token of a session, and of those the one with the longest life: the gateway learns that it has arrived. */
function newest(held: Presented, joining: Presented): Presented {
  const later = joining.claims.gen - held.claims.gen || joining.claims.exp - held.claims.exp
  return later > 0 ? joining : held
}
