import type { Clock } from '../client/clock.ts'
import type { Exchange, Exchanged } from '../client/exchange.ts'
import type { Freshness } from '../client/freshness.ts'
import type { GatewayFacts, KnownGateway } from '../client/known-gateway.ts'
import { unavailable } from '../client/outcome.ts'
import type { Presented } from '../client/presented.ts'
import type { SessionReader } from '../client/session-reader.ts'
import type { TokenCheck } from '../client/token-check.ts'
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
  /** A new token for the browser, where the old one was due. */
  readonly successor: string | null
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
  readonly clock: Clock
}

/**
 * The single door: a request in, what is known of its session out.
 *
 * Credential → whose request it is → token → session, each step able to say no. Nothing is thrown for anything that a
 * request or the gateway does.
 */
export async function resolveRequest<View>(parts: ResolveParts<View>, head: RequestHead, freshness: Freshness): Promise<Resolved<View>> {
  const facts = await parts.known.facts()
  if ('status' in facts) return { outcome: facts, presented: null, successor: null, facts: null }
  const without = (outcome: Resolved<View>['outcome']): Resolved<View> => ({ outcome, presented: null, successor: null, facts })

  const credential = readCredential(head, facts.application.cookie.name)
  if (credential.kind === 'none') return without({ status: 'anonymous' })
  if (credential.kind === 'ambiguous') return without({ status: 'refused', code: 'credentials_ambiguous' })
  const { kind, token } = credential
  if (kind === 'cookie' && isUnsafe(head) && !isOwnRequest(head, facts.application.origins))
    return without({ status: 'refused', code: 'cross_site' })

  const verdict = await parts.tokens.check(token, facts)
  if (verdict.status === 'invalid') return without({ status: 'anonymous' })
  if (verdict.status === 'unknown') return without(unavailable('store_unavailable'))
  if (kind === 'bearer' && verdict.expired) return without({ status: 'anonymous' })

  const presented: Presented = { kind, token, claims: verdict.claims, traceparent: traceParentOf(head) }
  const obtained = await (kind === 'bearer' ? readBearer : obtain)(parts, presented, freshness, verdict.expired)
  return { ...obtained, presented, facts }
}

/** A bearer token is never exchanged: its sender has to. */
async function readBearer<View>(parts: ResolveParts<View>, presented: Presented, freshness: Freshness): Promise<Exchanged<View>> {
  const outcome = await parts.reader.read(presented, freshness)
  return { outcome: outcome.status === 'expired' ? { status: 'anonymous' } : outcome, successor: null }
}

async function obtain<View>(
  parts: ResolveParts<View>,
  presented: Presented,
  freshness: Freshness,
  expired: boolean,
): Promise<Exchanged<View>> {
  if (expired) return exchangeAndRead(parts, presented, freshness)
  const { iat, exp } = presented.claims
  const isDue = isDueForExchange(iat * 1_000, exp * 1_000, parts.clock.wallMs())
  // Beside the read, not before it: the token is still good, so a store that takes no writes must not delay reads.
  const exchanging = isDue ? exchangeAndRead(parts, presented, freshness) : null
  const outcome = await parts.reader.read(presented, freshness)
  // A token that we take for good has expired where the gateway's clock is ahead of ours.
  if (outcome.status === 'expired') return (await exchanging) ?? exchangeAndRead(parts, presented, freshness)
  const exchanged = await exchanging
  if (!exchanged) return { outcome, successor: null }
  return exchanged.outcome.status === 'unavailable' ? { ...exchanged, outcome } : exchanged
}

async function exchangeAndRead<View>(parts: ResolveParts<View>, presented: Presented, { atLeast }: Freshness): Promise<Exchanged<View>> {
  const exchanged = await parts.exchange(presented)
  const { outcome } = exchanged
  if (outcome.status !== 'active' || reaches(outcome.snapshot.version, atLeast)) return exchanged
  return { ...exchanged, outcome: unavailable('version_not_reached') }
}
