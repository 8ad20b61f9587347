import { type AtOnce, andThen } from '../client/at-once.ts'
import { freshnessOf } from '../client/freshness.ts'
import type { GatewayFacts } from '../client/known-gateway.ts'
import { errorOf, type ReadSuccess, retryAfterMs } from '../client/outcome.ts'
import type { Presented } from '../client/presented.ts'
import type { ReadOptions, SessionResult } from '../client/session-result.ts'
import type { SessionWriter } from '../client/session-writer.ts'
import { exchangeGraceMs } from '../consistency/lineage.ts'
import type { Receipt } from '../document/session-document.ts'
import type { SessionSummary } from '../document/wire-schemas.ts'
import { isSessionError, type SessionConflictError, SessionUnavailableError } from '../errors.ts'
import { askedOf } from './assurance.ts'
import { type Changes, type Decide, patchOf, publishable, retriesOf, type UpdateOptions } from './changes.ts'
import { type Denial, denialOf, deniedBy } from './denial.ts'
import type { RequestHead } from './request-head.ts'
import { createRequestReads } from './request-reads.ts'
import { checkedRequirement, freshnessFor, type Requirement, unmet } from './requirement.ts'
import { type Resolved, type ResolveParts, renewRequest, resolveRequest } from './resolve.ts'
import { type AnswerHeaders, type CookieChange, type HeaderChanges, headersFor } from './response-headers.ts'
import { shownResult, shownSession } from './shown-session.ts'

/** The session of one request: read once, on first use; this request's own write replaces it. */
export interface RequestSession<View> {
  /** What is known of the session; never throws for what a visitor or the gateway does. */
  resolve(options?: ReadOptions): Promise<SessionResult<View>>
  /** The session, or null when nobody is signed in. Rejects when it cannot be known, or the request is refused. */
  get(options?: ReadOptions): Promise<View | null>
  /** The session if it meets the requirement, else the whole answer to give instead; without a promise where everything is at hand. */
  check(requirement?: Requirement<View>): AtOnce<{ readonly session: View } | { readonly denial: Denial }>
  /** Changes the session on the condition that it is still as this request has read it (rule 4). Returns the new one. */
  update(reason: string, changes: Changes | Decide<View>, options?: UpdateOptions): Promise<View>
  /** Publishes a signal to the other applications. */
  publish(signal: string, value: unknown): Promise<void>
  /** Ends the session everywhere, and takes the cookie from the browser with this answer. */
  signOut(reason?: string): Promise<void>
  /** The other living sessions of the person (`operates: 'own'`). */
  listOthers(): Promise<readonly SessionSummary[]>
  /** Ends the person's other sessions (`operates: 'own'`). */
  endOthers(reason: string): Promise<Receipt>
  /** Who acts, to show with an operator's call; null when nobody is signed in. Rejects when that cannot be known, or may not be. */
  presented(): Promise<Presented | null>
  /** Exchanges the token where it is due, and reads nothing: for a place that passes the request on to another. */
  renew(): Promise<void>
  /** The answer for an error that a handler threw, or null when it is none of ours. */
  denialFor(error: unknown): Denial | null
  /** What to change in the headers of the answer, once the handler has set its own: `answer` looks them up. Null when the session was not used. */
  headersFor(answer?: AnswerHeaders): HeaderChanges | null
}

/** What a request session needs of a client. */
export interface RequestParts<View> extends ResolveParts<View> {
  readonly writer: SessionWriter<View>
  readonly defaults: ReadOptions
}

/** 5 s, half of the time that the gateway gives requests which are under way with a token: the other half is the way to us. */
const promptMs = exchangeGraceMs / 2

/** Opens the session of one request. Nothing is read before it is asked for. */
export function openRequest<View extends object>(parts: RequestParts<View>, head: RequestHead): RequestSession<View> {
  const { writer, clock, defaults } = parts
  let used: { readonly facts: GatewayFacts | null } | undefined
  let cookie: CookieChange = { kind: 'none' }
  const openedAtMs = clock.monotonicMs()
  const ageMs = () => clock.monotonicMs() - openedAtMs
  let shown = head.shownBefore ?? false

  const reads = createRequestReads<View>((freshness) =>
    andThen(resolveRequest(partsOfNextRead(), head, freshness), (resolved) => {
      note(resolved)
      return resolved
    }),
  )

  /** Only the first read, soon after the request came in, may end the session for a copy: later the browser may have moved on. */
  function partsOfNextRead(): RequestParts<View> {
    const comesIn = !shown && ageMs() < promptMs
    shown = true
    return comesIn ? parts : { ...parts, exchange: (presented) => parts.exchange(presented, 'again') }
  }

  function note(found: Pick<Resolved<View>, 'successor' | 'facts'>): void {
    used = found
    andThen(found.successor, (token) => {
      if (token !== null && cookie.kind !== 'removal') cookie = { kind: 'successor', token }
    })
  }

  /**
   * After 10 s the answer could take the browser back, from a token that it was given meanwhile to one that was replaced
   * since, and its next request would look like a stolen copy. A successor that is dropped is made again at the next request:
   * nobody has shown it, or the browser has it already.
   */
  function cookieToWrite(): CookieChange {
    return cookie.kind === 'successor' && ageMs() >= exchangeGraceMs ? { kind: 'none' } : cookie
  }

  const read = (options: ReadOptions = {}) => reads.read(freshnessOf({ ...defaults, ...options }))

  /** What a write is based on. What was true before an outage is no ground for one. */
  async function basis(): Promise<Basis<View>> {
    const base = await read()
    const { outcome, presented } = base
    if (outcome.status !== 'active') throw errorOf(outcome)
    if (outcome.source === 'outage-grace') throw new SessionUnavailableError('store_unavailable', retryAfterMs)
    return { base, success: outcome, presented: presented as Presented }
  }

  function replace({ base }: Basis<View>, outcome: ReadSuccess<View>): View {
    reads.replace({ ...base, outcome })
    return shownSession(outcome, clock)
  }

  async function update(reason: string, changes: Changes | Decide<View>, options: UpdateOptions = {}): Promise<View> {
    let retries = retriesOf(changes, options)
    for (;;) {
      const based = await basis()
      const current = shownSession(based.success, clock)
      const decided = typeof changes === 'function' ? await changes(current) : changes
      if (decided === null || Object.keys(decided).length === 0) return current
      const written = await conflictOr(writer.patch(based.presented, based.success.snapshot.etag, patchOf(reason, decided, options)))
      if (!('currentVersion' in written)) return replace(based, written)
      reads.forget(written.currentVersion)
      if (retries === 0) throw written
      retries -= 1
    }
  }

  return {
    async resolve(options) {
      return shownResult((await read(options)).outcome, clock)
    },
    async get(options) {
      const { outcome } = await read(options)
      if (outcome.status === 'active') return shownSession(outcome, clock)
      if (outcome.status === 'anonymous' || outcome.status === 'ended') return null
      throw errorOf(outcome)
    },
    check(requirement = {}) {
      return andThen(reads.read(freshnessFor(checkedRequirement(requirement), defaults)), ({ outcome, facts }) => {
        const asked = askedOf(requirement.assurance)
        if (outcome.status !== 'active') return { denial: denialOf(outcome, head, facts, asked) }
        const session = shownSession(outcome, clock)
        const denied = unmet(session, requirement, clock.wallMs())
        return denied ? { denial: denialOf(denied, head, facts, asked) } : { session }
      })
    },
    update,
    async publish(signal, value) {
      const sent = publishable(signal, value)
      const based = await basis()
      replace(based, await writer.publish(based.presented, signal, sent))
    },
    async signOut(reason = 'sign_out') {
      const base = await read()
      const { outcome, presented } = base
      if (presented) await writer.signOut(presented, reason)
      else if (outcome.status === 'refused' || outcome.status === 'unavailable') throw errorOf(outcome)
      cookie = { kind: 'removal' }
      reads.replace({ ...base, presented: null, outcome: { status: 'anonymous' } })
    },
    async listOthers() {
      return writer.list((await basis()).presented, '/v1/session/others')
    },
    async endOthers(reason) {
      return (await writer.end((await basis()).presented, '/v1/session/others', reason)).receipt
    },
    async presented() {
      const { outcome, presented } = await read()
      if (outcome.status === 'active' || outcome.status === 'anonymous') return presented
      throw errorOf(outcome)
    },
    async renew() {
      note(await renewRequest(partsOfNextRead(), head))
    },
    denialFor(error) {
      const denied = isSessionError(error) ? deniedBy(error) : null
      return denied && denialOf(denied, head, used?.facts ?? null)
    },
    headersFor: (answer = () => null) => (used ? headersFor(answer, used.facts?.application.cookie ?? null, cookieToWrite()) : null),
  }
}

/** What a write starts from. */
interface Basis<View> {
  readonly base: Resolved<View>
  readonly success: ReadSuccess<View>
  readonly presented: Presented
}

/** A conflict is an outcome to decide on; whatever else a write rejects with is not. */
async function conflictOr<Value>(writing: Promise<Value>): Promise<Value | SessionConflictError> {
  try {
    return await writing
  } catch (error) {
    if (isSessionError(error) && error.code === 'version_conflict') return error as SessionConflictError
    throw error
  }
}
