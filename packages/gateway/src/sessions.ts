import {
  type AnyContract,
  carryOver,
  checkParts,
  decideExchange,
  endReasonOf,
  type SessionParts,
  serializeCookie,
  serializeStored,
} from '@single-state/core/protocol'
import { changeEntry, endEntry, gatewayName, nameOf } from './audit/entries.ts'
import type { SessionStart } from './oidc/login-ports.ts'
import type { Authentication } from './oidc/provider.ts'
import { isWithinLimit } from './policy/change.ts'
import { deriveParts } from './policy/derive.ts'
import type { GatewayPorts } from './ports.ts'
import { verifyPresented } from './presented.ts'
import type { NewSession, SessionRecord } from './stores/store.ts'
import { issueToken } from './tokens/issue.ts'
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
  const previous = await replacedBy(ports, login.presentedToken)
  const { carried, parts } = carry(contract, derived.parts, previous?.parts)
  const id = newSessionId()
  const entry = changeEntry('create', carried, {
    application: gatewayName,
    actor: nameOf(authentication),
    reason: 'login',
    traceId: login.traceId,
  })
  const created = await ports.store.create(newSession(ports, id, parts, authentication, login, previous?.record.id ?? null), entry)
  if (created.kind === 'cutoff') return { kind: 'refused', why: 'subject_ended' }
  if (created.kind === 'limit') return { kind: 'refused', why: 'too_many_sessions' }
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
  const { token } = await issueToken(record, issuer, nowMs)
  return { kind: 'started', token, setCookie: serializeCookie(ports.cookie, token) }
}

/**
 * The living session of the token that came with the login, whoever's it is: that browser's cookie is about to be
 * replaced, so its session ends. One whose document cannot be read ends as well and carries nothing over.
 */
async function replacedBy(ports: GatewayPorts, presentedToken: string | null) {
  const shown = presentedToken === null ? null : await readLineage(ports, presentedToken)
  if (!shown || shown.lineage === 'reused') return null
  const document = ports.documents.read(shown.record.id, shown.record.body)
  return { record: shown.record, parts: document.ok ? document.parts : undefined }
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
  if (!shown) return false
  const { record, lineage } = shown
  const act = { application: gatewayName, actor: nameOf(record), traceId }
  // A token that was replaced long ago, or is later than any that this store knows of, ends its session as an exchange does (rule 9).
  const [end, why] = lineage === 'reused' ? (['reused', 'token_reused'] as const) : (['revoked', reason] as const)
  const outcome = await ports.store.end(record.id, end, endEntry({ ...act, reason: why }))
  if (outcome.kind === 'ended') ports.metrics.end(end, 1)
  return outcome.kind === 'ended'
}

/** The living session of a token that may have expired, and where the token stands in its line; null for anything else. */
async function readLineage(ports: GatewayPorts, presentedToken: string) {
  const verified = await verifyPresented(ports, presentedToken).catch(() => null)
  if (verified === null) return null
  const { sid, gen } = verified.claims
  const { records, nowMs } = await ports.store.read([sid])
  const record = records[0]
  if (!record || endReasonOf(record, nowMs) !== null) return null
  return { record, lineage: decideExchange(record, gen, nowMs) }
}
