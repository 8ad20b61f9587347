import { type AtOnce, andThen } from '../client/at-once.ts'
import type { Clock } from '../client/clock.ts'
import type { ContextIntake } from '../client/context-intake.ts'
import type { Exchange, Exchanged } from '../client/exchange.ts'
import type { Freshness } from '../client/freshness.ts'
import type { GatewayFacts, KnownGateway } from '../client/known-gateway.ts'
import { unavailable } from '../client/outcome.ts'
import type { Presented } from '../client/presented.ts'
import { sessionContextHeader } from '../client/session-context.ts'
import type { SessionReader } from '../client/session-reader.ts'
import type { ClientTimers } from '../client/timers.ts'
import type { TokenCheck } from '../client/token-check.ts'
import type { TokenVerdict } from '../client/verify-token.ts'
import { isDueForExchange } from '../consistency/lifetime.ts'
import { reaches } from '../consistency/version.ts'
import { readCredential } from './credential.ts'
import { isOwnRequest, isUnsafe } from './csrf.ts'
import type { RequestHead } from './request-head.ts'
import { traceParentOf } from './trace-parent.ts'

/** What a request turned out to be. */
export interface Resolved<View> {
  readonly outcome: Exchanged<View>['outcome'] | Refusal
  /** The token that the request came with, where it is one of the gateway. */
  readonly presented: Presented | null
  /** A new token for the browser, where the old one was due; still on its way where the session did not wait for it. */
  readonly successor: AtOnce<string | null>
  /** What the gateway has told; null before its first answer. */
  readonly facts: GatewayFacts | null
}

export type Refusal = { readonly status: 'refused'; readonly code: 'cross_site' | 'credentials_ambiguous' }

/** What resolving needs of a client. */
export interface ResolveParts<View> {
  readonly known: KnownGateway
  readonly tokens: TokenCheck
  readonly reader: SessionReader<View>
  readonly exchange: Exchange<View>
  /** Null where no proxy passes any on. */
  readonly contexts: ContextIntake | null
  readonly clock: Clock
  readonly timers: Pick<ClientTimers, 'after'>
}

/**
 * 100 ms: an answer waits this much longer for the token that it is to carry, as a rule a few. Without that wait a handler
 * that answers at once would never carry one, and the first write outage after the token's end would deny the person.
 * While writes hang it is all that reads are held up by.
 */
export const patienceMs = 100

/**
 * The single door: a request in, what is known of its session out.
 *
 * Credential → whose request it is → token → session, each step able to say no. Nothing is thrown for anything that a
 * request or the gateway does. What needs no answer of the gateway is answered at once.
 */
export function resolveRequest<View>(parts: ResolveParts<View>, head: RequestHead, freshness: Freshness): AtOnce<Resolved<View>> {
  return andThen(identify(parts, head), (found): AtOnce<Resolved<View>> => {
    if ('outcome' in found) return { ...found, presented: null, successor: null }
    const { presented, expired, facts } = found
    const obtained = andThen(parts.contexts?.take(head.headers.get(sessionContextHeader), presented, facts), () =>
      presented.kind === 'bearer' ? readBearer(parts, presented, freshness) : obtain(parts, presented, freshness, expired),
    )
    // Only with a session: `ended` and `unavailable` leave the cookie as it is, and the next exchange gives the successor again.
    return andThen(obtained, ({ outcome, successor }) => ({
      outcome,
      successor: outcome.status === 'active' ? successor : null,
      presented,
      facts,
    }))
  })
}

/** The successor of a cookie's token that is due, where a request is only passed on: nothing is read, nobody is refused. */
export async function renewRequest<View>(
  parts: ResolveParts<View>,
  head: RequestHead,
): Promise<Pick<Resolved<View>, 'successor' | 'facts'>> {
  const found = await identify(parts, head)
  const { facts } = found
  if ('outcome' in found || found.presented.kind === 'bearer') return { successor: null, facts }
  const due = found.expired || isDue(found.presented, parts.clock)
  return { successor: due ? (await parts.exchange(found.presented)).successor : null, facts }
}

type Identified<View> =
  | { readonly outcome: Resolved<View>['outcome']; readonly facts: GatewayFacts | null }
  | { readonly presented: Presented; readonly expired: boolean; readonly facts: GatewayFacts }

/** Whose token a request carries, or what it is without one that can be believed. */
function identify<View>(parts: ResolveParts<View>, head: RequestHead): AtOnce<Identified<View>> {
  return andThen(parts.known.facts(), (facts): AtOnce<Identified<View>> => {
    return 'status' in facts ? { outcome: facts, facts: null } : identifyWith(parts, head, facts)
  })
}

function identifyWith<View>(parts: ResolveParts<View>, head: RequestHead, facts: GatewayFacts): AtOnce<Identified<View>> {
  const credential = readCredential(head, facts.application.cookie.name)
  if (credential.kind === 'none') return { outcome: { status: 'anonymous' }, facts }
  if (credential.kind === 'ambiguous') return { outcome: { status: 'refused', code: 'credentials_ambiguous' }, facts }
  const { kind, token } = credential
  if (kind === 'cookie' && isUnsafe(head) && !isOwnRequest(head, facts.application.origins))
    return { outcome: { status: 'refused', code: 'cross_site' }, facts }

  return andThen(parts.tokens.check(token, facts), (verdict) => believed(head, { kind, token }, verdict, facts))
}

function believed<View>(
  head: RequestHead,
  { kind, token }: Pick<Presented, 'kind' | 'token'>,
  verdict: TokenVerdict,
  facts: GatewayFacts,
): Identified<View> {
  if (verdict.status === 'invalid') return { outcome: { status: 'anonymous' }, facts }
  if (verdict.status === 'unknown') return { outcome: unavailable('store_unavailable'), facts }
  const { claims, expired } = verdict
  if (kind === 'bearer' && expired) return { outcome: { status: 'anonymous' }, facts }
  return { presented: { kind, token, claims, traceparent: traceParentOf(head) }, expired, facts }
}

/** The session, and the token's successor. */
type Obtained<View> = Pick<Resolved<View>, 'successor'> & Pick<Exchanged<View>, 'outcome'>

/** A bearer token is never exchanged: its sender has to. */
function readBearer<View>(parts: ResolveParts<View>, presented: Presented, freshness: Freshness): AtOnce<Obtained<View>> {
  return andThen(parts.reader.read(presented, freshness), (outcome) => ({
    outcome: outcome.status === 'expired' ? { status: 'anonymous' } : outcome,
    successor: null,
  }))
}

function obtain<View>(parts: ResolveParts<View>, presented: Presented, freshness: Freshness, expired: boolean): AtOnce<Obtained<View>> {
  if (expired) return exchangeAndRead(parts, presented, freshness)
  // Beside the read, not before it: the token is still good, so a store that takes no writes must fail no read.
  const exchanging = isDue(presented, parts.clock) ? exchangeAndRead(parts, presented, freshness) : null
  const reading = parts.reader.read(presented, freshness)
  if (exchanging) return withSuccessor(parts, presented, { reading, exchanging })
  return andThen(reading, (outcome) =>
    // A token that we take for good has expired where the gateway's clock is ahead of ours.
    outcome.status === 'expired' ? exchangeAndRead(parts, presented, freshness) : { outcome, successor: null },
  )
}

async function withSuccessor<View>(
  parts: ResolveParts<View>,
  presented: Presented,
  beside: { readonly reading: ReturnType<SessionReader<View>['read']>; readonly exchanging: Promise<Exchanged<View>> },
): Promise<Obtained<View>> {
  const outcome = await beside.reading
  if (outcome.status === 'expired') return beside.exchanging
  const exchanged = await within(patienceMs, beside.exchanging, parts.timers)
  if (exchanged === null) {
    const successor = beside.exchanging.then((late) => late.successor)
    return { successor, outcome: parts.reader.latest(presented, outcome) }
  }
  const found = exchanged.outcome.status === 'unavailable' ? outcome : exchanged.outcome
  // The two are answered in any order, and others beside them: never backwards, and ended is final (rules 6 and 9).
  return { ...exchanged, outcome: parts.reader.latest(presented, found) }
}

/** What is on its way, or null where it takes longer. */
function within<Value>(ms: number, coming: Promise<Value>, { after }: Pick<ClientTimers, 'after'>): Promise<Value | null> {
  return new Promise((resolve) => {
    const stop = after(ms, () => resolve(null))
    void coming.then((value) => {
      stop()
      resolve(value)
    })
  })
}

function isDue({ claims: { iat, exp } }: Presented, clock: Clock): boolean {
  return isDueForExchange(iat * 1_000, exp * 1_000, clock.wallMs())
}

async function exchangeAndRead<View>(parts: ResolveParts<View>, presented: Presented, { atLeast }: Freshness): Promise<Exchanged<View>> {
  const exchanged = await parts.exchange(presented)
  const { outcome } = exchanged
  if (outcome.status !== 'active' || reaches(outcome.snapshot.version, atLeast)) return exchanged
  return { ...exchanged, outcome: unavailable('version_not_reached') }
}
