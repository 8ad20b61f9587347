import {
  type AnyContract,
  carryOver,
  checkParts,
  decideExchange,
  endReasonOf,
  isSessionError,
  type SessionParts,
  serializeCookie,
  serializeStored,
} from '@single-state/core/protocol'
import { type Act, changeEntry, endEntry, gatewayName, nameOf } from './audit/entries.ts'
import type { SessionStart } from './oidc/login-ports.ts'
import type { Authentication } from './oidc/provider.ts'
import { isWithinLimit } from './policy/change.ts'
import { deriveParts } from './policy/derive.ts'
import type { VerifiedToken } from './policy/standing.ts'
import type { GatewayPorts } from './ports.ts'
import { verifyPresented } from './presented.ts'
import type { NewSession, SessionRecord } from './stores/store.ts'
import { newDraw, newSessionId } from './tokens/random.ts'

/** What a login brings besides the authentication. */
export interface LoginContext {
  readonly endingsAtStart: number
  readonly presentedToken: string | null
  readonly traceId: string | null
}

/** The beginnings and ends of sessions that are not an application's call. */
export interface Sessions {
  readonly start: (authentication: Authentication, login: LoginContext) => Promise<SessionStart>
  readonly endPresented: (presentedToken: string, reason: string, traceId: string | null) => Promise<boolean>
}

/** What the login builds on; `LoginPorts` says what each promises. */
export function createSessions(ports: GatewayPorts): Sessions {
  return {
    start: (authentication, login) => start(ports, authentication, login),
    endPresented: (presentedToken, reason, traceId) => endPresented(ports, presentedToken, reason, traceId),
  }
}

async function start(ports: GatewayPorts, authentication: Authentication, login: LoginContext): Promise<SessionStart> {
  const { contract } = ports
  const derived = await deriveParts(contract, ports.derive, authentication, ports.after)
  if (!derived.ok) {
    ports.log.error({ why: derived.why }, 'derive did not make a document of the contract')
    return { kind: 'refused', why: 'derive_failed' }
  }
  const previous = await replacedBy(ports, login.presentedToken, login.traceId)
  const { carried, parts } = carry(contract, derived.parts, previous?.parts)
  const id = newSessionId()
  const entry = changeEntry('create', carried, {
    application: gatewayName,
    actor: nameOf(authentication),
    reason: 'login',
    traceId: login.traceId,
  })
  const created = await ports.store.create(newSession(ports, id, parts, authentication, login, previous?.record.id ?? null), entry)
  if (created.kind !== 'created') {
    const reason = created.kind === 'cutoff' ? 'session.cutoff' : 'session.limit'
    await ports.store.appendAudit({ ...entry, paths: [], reason, outcome: 'denied', subject: nameOf(authentication) })
    return { kind: 'refused', why: created.kind === 'cutoff' ? 'subject_ended' : 'too_many_sessions' }
  }
  ports.metrics.end('replaced', created.ended.length)
  return started(ports, created.record, created.nowMs)
}

function newSession(
  ports: GatewayPorts,
  id: string,
  parts: SessionParts,
  { issuer, subject, idpSession }: Authentication,
  login: LoginContext,
  replaces: string | null,
): NewSession {
  const { contract } = ports
  return {
    id,
    idHash: ports.secrets.idHash(id),
    draw: newDraw(),
    contract: contract.revision,
    body: serializeStored(id, parts),
    issuer,
    subject,
    idpSession,
    idleMs: contract.lifetime.idleMs,
    absoluteMs: contract.lifetime.absoluteMs,
    endingsAtStart: login.endingsAtStart,
    limit: ports.sessionsPerSubject ?? null,
    replaces,
  }
}

async function started(ports: GatewayPorts, record: SessionRecord, nowMs: number): Promise<SessionStart> {
  const issuer = { origin: ports.origin, tokenMs: ports.contract.lifetime.tokenMs, key: ports.keys.signing() }
  const { token } = await ports.issueToken(record, issuer, nowMs)
  return { kind: 'started', token, setCookie: serializeCookie(ports.cookie, token) }
}

/**
 * The living session of the token that came with the login, whoever's it is: that browser's cookie is about to be
 * replaced, so its session ends. One whose document cannot be read ends as well and carries nothing over. A token that was
 * replaced long ago ends its session as an exchange does, and what that session has is not for whoever holds the copy.
 */
async function replacedBy(ports: GatewayPorts, presentedToken: string | null, traceId: string | null) {
  const shown = presentedToken === null ? null : await readLineage(ports, presentedToken)
  if (!shown) return null
  if (shown.lineage === 'reused') {
    await endReused(ports, shown, { application: gatewayName, actor: null, traceId })
    return null
  }
  const document = await ports.documents.read(shown.record)
  return { record: shown.record, parts: document.kind === 'read' ? document.parts : undefined }
}

/** Rule 13: only what the contract names comes along. What no longer fits the contract stays behind. */
function carry(contract: AnyContract, fresh: SessionParts, previous: SessionParts | undefined) {
  const { carried, entitlements, context } = carryOver(fresh, previous, fresh.identity, contract.carryOver)
  const checked = checkParts(contract, { identity: fresh.identity, entitlements, context })
  const fits = checked.ok && isWithinLimit(contract, checked.parts)
  return fits ? { carried, parts: checked.parts } : { carried: [], parts: fresh }
}

async function endPresented(ports: GatewayPorts, presentedToken: string, reason: string, traceId: string | null): Promise<boolean> {
  const shown = await readLineage(ports, presentedToken)
  if (!shown) {
    // Over already, perhaps by a first try whose answer was lost: what is acknowledged now holds everywhere as well.
    await ports.settling.begin()
    return false
  }
  const { record, lineage } = shown
  const act = { application: gatewayName, actor: nameOf(record), traceId }
  if (lineage === 'reused' && (await endReused(ports, shown, act))) {
    await ports.settling.begin()
    return true
  }
  const outcome = await ports.store.end(record.id, 'revoked', endEntry({ ...act, reason }))
  await ports.settling.begin()
  if (outcome.kind === 'ended') ports.metrics.end('revoked', 1)
  return outcome.kind === 'ended'
}

/**
 * Ends the session of a token that was replaced long ago, or is later than any that this store knows of (rule 9). The store
 * decides that once more, with the end: a replaced primary, which is behind, may have been what was read. False where the
 * token turns out to be good.
 */
async function endReused(ports: GatewayPorts, { record, gen }: Shown, act: Omit<Act, 'reason'>): Promise<boolean> {
  const reuse = changeEntry('exchange', [], { ...act, reason: 'token_reused' })
  const outcome = await ports.store.exchange(record.id, gen, ports.contract.lifetime.idleMs, reuse)
  if (outcome.kind === 'reused') ports.metrics.end('reused', 1)
  return outcome.kind === 'reused'
}

interface Shown {
  readonly record: SessionRecord
  /** Generation of the token that was shown. */
  readonly gen: number
  readonly lineage: ReturnType<typeof decideExchange>
}

/**
 * The living session of a token that may have expired, and where the token stands in its line; null for anything else.
 * Rejects with `store_unavailable` where it is not known whether the token is one of this gateway (rule 8).
 */
async function readLineage(ports: GatewayPorts, presentedToken: string): Promise<Shown | null> {
  const verified = await verifiedOrNull(ports, presentedToken)
  if (verified === null) return null
  const { sid, gen } = verified.claims
  const { records, nowMs } = await ports.store.read([sid])
  const record = records[0]
  if (!record || endReasonOf(record, nowMs) !== null) return null
  return { record, gen, lineage: decideExchange(record, gen, nowMs) }
}

async function verifiedOrNull(ports: GatewayPorts, presentedToken: string): Promise<VerifiedToken | null> {
  try {
    return await verifyPresented(ports, presentedToken)
  } catch (error) {
    if (isSessionError(error) && error.status === 401) return null
    throw error
  }
}
