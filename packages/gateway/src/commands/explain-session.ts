import type { CheckedConfig } from '../configure.ts'
import { durationText } from '../duration-text.ts'
import type { Application } from '../policy/applications.ts'
import type { InspectedSession } from '../routes/schemas.ts'

/** One fact about a session and an application: `deny` refuses what was asked, `note` says what to know beside it. */
export interface Fact {
  readonly kind: 'ok' | 'deny' | 'note'
  readonly about: 'session' | 'contract' | 'reads' | 'writes' | 'freshness' | 'token' | 'cookie'
  readonly says: string
}

/** What is known when a session is explained. */
export interface Explained {
  /** Null when the store does not know it. */
  readonly session: InspectedSession | null
  readonly application: Application
  /** The path that was asked for; null for the session as such. */
  readonly path: string | null
  readonly config: Pick<CheckedConfig, 'contract' | 'cookie' | 'origin'>
  readonly nowMs: number
}

/** Why an application would be denied, or what it would see: every fact, whether or not an earlier one denies already. */
export function explainSession(known: Explained): readonly Fact[] {
  const { session } = known
  return [
    ...sessionFacts(session, known),
    ...(session === null ? [] : contractFacts(session, known)),
    ...readFacts(known),
    ...writeFacts(known),
    freshnessFact(known.application),
    ...(session === null || session.state.ended !== null ? [] : [tokenFact(session, known)]),
    cookieFact(known),
  ]
}

const whyEnded = {
  revoked: 'it was ended by a person, an operator or the identity provider',
  expired: 'it ran out: nobody used it for the idle time, or its absolute time was over',
  invalid: 'its stored document was not valid',
  reused: 'a token that had been replaced was shown again, as a copy of it would be',
} as const

function sessionFacts(session: InspectedSession | null, known: Explained): readonly Fact[] {
  if (session === null) {
    return [deny('session', 'the store has no session of this id: it was never there, or it is over and swept. Applications see nobody')]
  }
  const { state, document, subject, issuer } = session
  const facts: Fact[] = []
  if (state.ended !== null) {
    const when = state.endedAt === null ? '' : ` at ${state.endedAt}`
    facts.push(deny('session', `it has ended${when} (${state.ended}): ${whyEnded[state.ended]}. Only a new sign-in helps`))
  } else if (document === null && !isNewer(session, known)) {
    facts.push(deny('session', 'its stored document is not valid: the next read ends it, and the person signs in again'))
  } else facts.push(ok('session', `active, version ${state.version}, until ${state.idleAt} if unused and ${state.expiresAt} at the latest`))
  return [...facts, note('session', `of ${subject}, signed in by ${issuer} at ${state.createdAt}`)]
}

/** Readers ignore keys that they do not know: only a newer document that does not fit this contract is unavailable, and no sign-out. */
function contractFacts(session: InspectedSession, known: Explained): readonly Fact[] {
  const { document, state } = session
  const { revision } = known.config.contract
  if (state.contract === revision) return []
  const written = `written under revision ${state.contract}`
  if (!isNewer(session, known)) return [note('contract', `${written}, read as revision ${revision}`)]
  if (document !== null) return [note('contract', `${written}, read as revision ${revision}: what only the newer one knows is left out`)]
  if (state.ended !== null) return []
  return [
    deny(
      'contract',
      `${written}, which cannot be read as revision ${revision}: unavailable until that is deployed here. Nobody is signed out`,
    ),
  ]
}

function isNewer({ state }: InspectedSession, { config }: Explained): boolean {
  return state.contract > config.contract.revision
}

function readFacts({ application, path }: Explained): readonly Fact[] {
  const { name, reads } = application
  if (reads.length === 0) return [deny('reads', `${name} is granted no part of a session`)]
  if (path === null) return [ok('reads', `${name} sees ${reads.join(', ')}`)]
  const granted = reads.find((one) => one === path || path.startsWith(`${one}.`))
  if (granted !== undefined) return [ok('reads', `${name} sees ${path}, by its grant of ${granted}`)]
  const parts = reads.filter((one) => one.startsWith(`${path}.`))
  if (parts.length > 0) return [ok('reads', `${name} sees of ${path} only ${parts.join(', ')}`)]
  return [deny('reads', `${name} is not granted ${path}: name it in applications.${name}.reads of the contract`)]
}

function writeFacts({ application, path }: Explained): readonly Fact[] {
  const { name, writes, publishes } = application
  if (path === null) {
    const granted = [...Object.keys(writes), ...publishes.map((signal) => `signals.${signal}`)]
    return [note('writes', granted.length === 0 ? `${name} changes nothing` : `${name} changes ${granted.join(', ')}`)]
  }
  const isPublished = publishes.some((signal) => path === `signals.${signal}`)
  if (isPublished) return [note('writes', `${name} publishes ${path}`)]
  const reasons = writes[path]
  if (reasons) return [note('writes', `${name} changes ${path} for ${reasons.join(' or ')}`)]
  return [note('writes', `${name} does not change ${path}: a write of it is refused as write_denied`)]
}

function freshnessFact({ name, staleMs }: Application): Fact {
  if (staleMs === 0) return note('freshness', `${name} is never shown what is out of date`)
  return note('freshness', `${name} may show what was true up to ${durationText(staleMs)} ago, where its routes ask for that`)
}

function tokenFact({ state }: InspectedSession, { config, nowMs }: Explained): Fact {
  const sinceMs = nowMs - Date.parse(state.lastExchangeAt)
  const age = `generation ${state.generation}, given out ${durationText(Math.max(0, Math.round(sinceMs / 1_000) * 1_000))} ago`
  const shown = state.confirmed ? 'shown since' : 'not shown yet'
  const expired = sinceMs > config.contract.lifetime.tokenMs ? '; it has expired, and is exchanged when it is shown next' : ''
  return note('token', `${age}, ${shown}${expired}`)
}

function cookieFact({ application, config }: Explained): Fact {
  const { name, origins } = application
  const { cookie, origin } = config
  if (origins.length === 0)
    return note('cookie', `${name} has no pages: it sees a session only with a token that another application hands on`)
  const reach = cookie.domain === null ? `${new URL(origin).hostname} alone` : `every host under ${cookie.domain}`
  return note('cookie', `${cookie.name} goes to ${reach}; browsers meet ${name} at ${origins.join(', ')}`)
}

function ok(about: Fact['about'], says: string): Fact {
  return { kind: 'ok', about, says }
}

function deny(about: Fact['about'], says: string): Fact {
  return { kind: 'deny', about, says }
}

function note(about: Fact['about'], says: string): Fact {
  return { kind: 'note', about, says }
}
