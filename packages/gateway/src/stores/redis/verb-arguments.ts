import { createHash } from 'node:crypto'
import type { SubjectOf } from '@single-state/core/protocol'
import type { AuditEntry } from '../../audit/record.ts'
import type { Commit, NewSession, SessionsToEnd } from '../store.ts'

export type Arguments = readonly (string | number)[]

/** 30 days and three times its longest life: when a session's memory comes back although no sweep came. */
const backstopMs = 30 * 86_400_000

export function createArguments(session: NewSession, entry: AuditEntry): Arguments {
  const { id, idHash, issuer, subject, draw, contract, body, idpSession, idleMs, absoluteMs, endingsAtStart, limit, replaces } = session
  const endOf = (reason: string) => JSON.stringify({ ...entry, operation: 'end', paths: [], reason } satisfies AuditEntry)
  return [
    ...[id, idHash, issuer, subject, draw, contract, nullable(body), nullable(idpSession), idleMs, absoluteMs, endingsAtStart],
    ...[limit?.max ?? '', limit?.onOverflow ?? '', nullable(replaces)],
    ...[JSON.stringify(entry), endOf('session.replaced'), endOf('session.limit')],
    ...[subjectKey(session), nullable(idpSession === null ? null : idpKey(issuer, idpSession)), Math.ceil(backstopMs + 3 * absoluteMs)],
  ]
}

export function commitArguments(change: Commit, entry: AuditEntry): Arguments {
  const { id, expected, basedOn = null, draw, contract, shown, body, signal, write } = change
  return [
    ...[id, expected?.version ?? '', expected?.draw ?? '', draw, contract, shown ?? '', nullable(body)],
    ...(signal === null ? ['', '', ''] : [nullable(signal.name), JSON.stringify(signal.value), signal.ttlMs]),
    ...(write === null ? ['', ''] : [nullable(write.key), write.requestHash]),
    JSON.stringify(entry),
    nullable(basedOn),
  ]
}

/** The kind, and the id that goes with it. */
export function whichArguments(which: SessionsToEnd): Arguments {
  if (typeof which === 'string') return [which, '']
  return 'except' in which ? ['except', which.except] : ['idpSession', which.idpSession]
}

/** Null, or any text, the empty one included. */
export function nullable(text: string | null): string {
  return text === null ? '' : `=${text}`
}

/** The key of a person; a hash, so that no name makes another key. */
export function subjectKey({ issuer, subject }: SubjectOf): string {
  return keyOf([issuer, subject])
}

/** The key of a provider's own session. */
export function idpKey(issuer: string, idpSession: string): string {
  return keyOf([issuer, idpSession])
}

function keyOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64url').slice(0, 22)
}
