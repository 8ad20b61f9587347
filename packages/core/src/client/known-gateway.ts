import { LRUCache } from 'lru-cache'
import type { ApplicationAnswer } from '../document/wire-schemas.ts'
import type { AtOnce } from './at-once.ts'
import type { Clock } from './clock.ts'
import type { GatewayCalls } from './gateway-calls.ts'
import type { Report } from './log.ts'
import { type CallFailure, type Unavailable, unavailable, unavailableFor } from './outcome.ts'
import type { TokenVerifier } from './token-verifier.ts'
import type { VerificationKey } from './verify-token.ts'

/** What the gateway has told this application: who it is, where people sign in, and the keys that tokens are signed with. */
export interface GatewayFacts {
  readonly application: ApplicationAnswer
  keyOf(kid: string): VerificationKey | undefined
}

/** Holds what the gateway has told. */
export interface KnownGateway {
  /** The facts; asked for at first use, then at hand and refreshed behind the readers' backs. */
  facts(): AtOnce<GatewayFacts | Unavailable>
  /**
   * Looks for a key that a token names and the set at hand lacks: facts that have it; `absent` if a set asked for after the
   * token was shown lacks it too; `unknown` if none could be had.
   */
  findKey(kid: string): Promise<GatewayFacts | 'absent' | 'unknown'>
  /**
   * Forgets the facts unless they are those of this name, and says whether it did: a key that was withdrawn must not be
   * believed for another moment. The next reader waits until they have been asked for again.
   */
  keepOnly(hash: string): boolean
}

/** 3: a key set that changes under every attempt is not to be had for now. */
export const mostAttempts = 3

/** 5 min: the life of a token; a key is published for as long before it signs. */
export const refreshEveryMs = 300_000
/** 1 s: a refresh that fails is tried again this often, not once for every request. */
const retryEveryMs = 1_000
/** 30 s from one search for a key to the next: tokens with made-up key names must not become load on the gateway. */
export const findEveryMs = 30_000
/** 1,000 names of keys: who has more of them to show has made them up. */
export const rememberedKids = 1_000

interface KnownGatewayOptions {
  readonly calls: GatewayCalls
  readonly verifier: TokenVerifier
  readonly clock: Clock
  readonly report: Report
  readonly application: string
  readonly contractName: string
}

/** Starts with no facts: before the first answer every request is unavailable. */
export function createKnownGateway(options: KnownGatewayOptions): KnownGateway {
  const { calls, verifier, clock, report } = options
  let held:
    | { readonly facts: GatewayFacts; readonly hash: string | undefined; readonly fetch: number; readonly fetchedAtMs: number }
    | undefined
  let forgotten = 0
  let told: string | undefined
  let underWay: Promise<GatewayFacts | Unavailable> | undefined
  let refreshedAtMs = Number.NEGATIVE_INFINITY
  /** What is held was fetched by a call with a number; so many had begun when a key's name was first shown. */
  const fetchesAtFirst = new LRUCache<string, number>({ max: rememberedKids })
  let fetches = 0
  let mayFindFromMs = Number.NEGATIVE_INFINITY
  let finding: Promise<void> | undefined

  async function fetchFacts(attempt = 1): Promise<GatewayFacts | Unavailable> {
    const forgottenBefore = forgotten
    const fetchedAtMs = clock.monotonicMs()
    fetches += 1
    const fetch = fetches
    const application = await calls.application()
    if (application.kind !== 'ok') return refusal('GET /v1/application', application)
    const mismatch = mismatchOf(application.value, options)
    if (mismatch) return failure(unavailable('contract_mismatch'), mismatch)
    // After it, not beside it: the breaker of a gateway that was away lets one call through.
    const keySet = await calls.keySet()
    if (keySet.kind !== 'ok') return refusal('GET /.well-known/jwks.json', keySet)
    const keys = await verifier.importKeys(keySet.value)
    // An empty set would make every token look forged: whoever answered this, it was not our gateway.
    if (keys.size === 0)
      return failure(unavailable('internal_error'), 'GET /.well-known/jwks.json was answered without a key to verify with')
    // What was asked before the keys changed may be the keys of before.
    if (forgotten !== forgottenBefore) return attempt < mostAttempts ? fetchFacts(attempt + 1) : unavailable('store_unavailable')
    held = { facts: { application: application.value, keyOf: (kid) => keys.get(kid) }, hash: keySet.value.hash, fetch, fetchedAtMs }
    return held.facts
  }

  function refusal(call: string, outcome: CallFailure): Unavailable {
    const seen = unavailableFor(outcome)
    return failure(seen, `${call} was ${seen.silence ? 'not answered' : `answered with ${seen.code}`}`)
  }

  function failure(seen: Unavailable, message: string): Unavailable {
    report(seen.code, message, seen.silence?.cause)
    return seen
  }

  function refresh(): Promise<GatewayFacts | Unavailable> {
    refreshedAtMs = clock.monotonicMs()
    underWay ??= fetchFacts().finally(() => {
      underWay = undefined
    })
    return underWay
  }

  /** Whether what is held was asked for since the name of a key was first shown, and not too long ago. */
  function isAbsent(fetchesBefore: number): boolean {
    return held !== undefined && held.fetch > fetchesBefore && clock.monotonicMs() - held.fetchedAtMs < findEveryMs
  }

  /** A fetch that is under way may have begun before there was such a key. */
  async function fetchAnew(): Promise<void> {
    await underWay
    const found = await refresh()
    mayFindFromMs = clock.monotonicMs() + ('status' in found ? retryEveryMs : findEveryMs)
  }

  return {
    facts() {
      if (!held) return refresh()
      const nowMs = clock.monotonicMs()
      if (nowMs - held.fetchedAtMs > refreshEveryMs && nowMs - refreshedAtMs > retryEveryMs) void refresh()
      return held.facts
    },
    async findKey(kid) {
      const fetchesBefore = fetchesAtFirst.get(kid) ?? fetches
      fetchesAtFirst.set(kid, fetchesBefore)
      const found = () => (held?.facts.keyOf(kid) ? held.facts : isAbsent(fetchesBefore) ? 'absent' : null)
      const atHand = found()
      if (atHand) return atHand
      if (finding || clock.monotonicMs() >= mayFindFromMs) {
        finding ??= fetchAnew().finally(() => {
          finding = undefined
        })
        await finding
      }
      return found() ?? 'unknown'
    },
    keepOnly(hash) {
      if ((held?.hash ?? told) === hash) return false
      told = hash
      held = undefined
      forgotten += 1
      return true
    },
  }
}

function mismatchOf(answer: ApplicationAnswer, { application, contractName }: KnownGatewayOptions): string | undefined {
  if (answer.application !== application) return `the key belongs to application "${answer.application}", not to "${application}"`
  if (answer.contract.name !== contractName) return `the gateway serves contract "${answer.contract.name}", not "${contractName}"`
  return undefined
}
