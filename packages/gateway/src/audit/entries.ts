import type { SubjectOf } from '@single-state/core/protocol'
import type { SessionRecord } from '../stores/store.ts'
import type { AuditEntry } from './record.ts'

/** Who an audit record names where no application acted: login, logout, sweeps. */
export const gatewayName = 'gateway'

/** Who acts, why, and in which trace. */
export interface Act {
  readonly application: string
  /** `issuer subject`, or null. */
  readonly actor: string | null
  readonly reason: string
  readonly traceId: string | null
}

/** A person, as the audit names one: issuer and subject, with a space that no issuer has. */
export function nameOf({ issuer, subject }: SubjectOf): string {
  return `${issuer} ${subject}`
}

/** The entry of a change; session and subject come from its record. */
export function changeEntry(operation: AuditEntry['operation'], paths: readonly string[], act: Act): AuditEntry {
  return { ...act, operation, paths, outcome: 'committed', session: null, subject: null }
}

/** The entry of an end. */
export function endEntry(act: Act): AuditEntry {
  return changeEntry('end', [], act)
}

/** 16: a refusal names what was asked for, and cannot be used to fill the audit. */
export const mostDeniedPaths = 16

/** The entry of a change that was refused for want of a grant. What the caller sent is kept only where it looks like what it should be. */
export function deniedEntry(operation: 'update' | 'signal', paths: readonly string[], act: Act, record: SessionRecord): AuditEntry {
  return {
    ...act,
    reason: /^[a-z][a-z0-9_.-]{0,63}$/.test(act.reason) ? act.reason : '',
    operation,
    paths: paths.slice(0, mostDeniedPaths).map((path) => (/^[A-Za-z0-9_.-]{1,128}$/.test(path) ? path : '(malformed)')),
    outcome: 'denied',
    session: record.idHash,
    subject: nameOf(record),
  }
}
