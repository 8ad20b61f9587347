import { hash } from 'node:crypto'
import { type EndReason, recall } from '@single-state/core/protocol'
import type { AuditEntry } from '../audit/record.ts'
import { ProblemError } from '../http/problem.ts'
import { idempotencyKeyOf } from '../http/request-headers.ts'
import { sendDocument } from '../http/respond.ts'
import type { Application } from '../policy/applications.ts'
import type { GatewayPorts } from '../ports.ts'
import { type OpenSession, openDocument, type WriteBase } from '../presented.ts'
import type { Commit, CommitOutcome } from '../stores/store.ts'
import { newDraw } from '../tokens/random.ts'
import type { Call } from './mount.ts'
import { receiptOf } from './receipt.ts'

/** Key and request hash of a write that can be repeated; null where the caller gave no key. */
export type Write = Commit['write']

/**
 * What a repeat of this write is known by. The key is the application's own: two applications may use the same.
 *
 * @throws ProblemError `request_invalid`
 */
export function writeOf(call: Pick<Call, 'request' | 'bodyText'>, application: Application): Write {
  const key = idempotencyKeyOf(call.request)
  if (key === null) return null
  const { method, url } = call.request
  const requestHash = hash('sha256', `${method}\n${new URL(url).pathname}\n${call.bodyText}`, 'base64url')
  return { key: `${application.name}:${key}`, requestHash }
}

/** `'commit'`: the caller does not want to wait until the change is effective everywhere. */
export type Settle = 'commit' | undefined

/**
 * The answer to a write that was applied already: today's document. Found before the precondition, which such a write has
 * passed by itself; the store looks again in the step of the commit.
 *
 * @throws ProblemError `idempotency_key_reused`
 */
export async function repeatedAnswer(
  ports: GatewayPorts,
  application: Application,
  session: OpenSession,
  write: Write,
  settle?: Settle,
): Promise<Response | null> {
  const recalled = recall(session.record.writes, write ?? undefined)
  if (recalled.kind === 'foreign') throw new ProblemError('idempotency_key_reused')
  if (recalled.kind !== 'repeat') return null
  if (settle !== 'commit') await ports.settling.begin()
  return sendWritten(ports, application, session)
}

/** What is committed of a session that was presented, and how it is recorded and acknowledged. */
export interface Writing {
  readonly change: Pick<Commit, 'expected' | 'basedOn' | 'body' | 'signal' | 'write'>
  readonly entry: AuditEntry
  readonly settle: Settle
}

type Applied = Extract<CommitOutcome, { readonly record: unknown }>
type Refused = Exclude<CommitOutcome, Applied>

/** Commits a change of a presented session and answers with what it made. */
export async function commit(ports: GatewayPorts, application: Application, session: WriteBase, writing: Writing): Promise<Response> {
  const answer = await tryCommit(ports, application, session, writing)
  if (answer instanceof Response) return answer
  throw refusalOf(ports, answer)
}

/** As `commit`, for a change that may not be applied: then the answer is why. */
export async function tryCommit(
  ports: GatewayPorts,
  application: Application,
  { record: { id, contract }, token }: WriteBase,
  { change, entry, settle }: Writing,
): Promise<Response | Refused> {
  const revision = change.body === null ? contract : ports.contract.revision
  const outcome = await ports.store.commit({ id, draw: newDraw(), contract: revision, shown: token.claims.gen, ...change }, entry)
  if (!('record' in outcome)) return outcome
  const settled = settle === 'commit' ? undefined : ports.settling.begin()
  if (outcome.kind === 'committed') ports.metrics.commit(change.signal === null ? 'update' : 'signal')
  const written = await openDocument(ports, outcome.record, outcome)
  await settled
  return sendWritten(ports, application, written)
}

function refusalOf(ports: GatewayPorts, outcome: Refused): ProblemError {
  switch (outcome.kind) {
    case 'conflict':
      return conflict(ports, outcome.version)
    case 'key_reused':
      return new ProblemError('idempotency_key_reused')
    case 'ended':
      return ended(outcome.reason)
    case 'absent':
      return ended('expired')
  }
}

/** The refusal of a write that lost against another. */
export function conflict(ports: GatewayPorts, version: number): ProblemError {
  ports.metrics.conflict()
  return new ProblemError('version_conflict', { version })
}

/** The refusal of anything that concerns a session which is over. */
export function ended(reason: EndReason): ProblemError {
  return new ProblemError('session_ended', { reason })
}

function sendWritten(ports: GatewayPorts, application: Application, session: OpenSession): Response {
  return sendDocument(application, session, { receipt: receiptOf(ports, session.position.nowMs) })
}
