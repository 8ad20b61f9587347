/** What the gateway says of an operation; the store adds sequence, time and versions in the atomic step of the change. */
export interface AuditEntry {
  /** The application whose key was used; `gateway` for login, logout and sweeps. */
  readonly application: string
  /** Who acted: `issuer subject` of the person, the issuer alone where the identity provider did, or null where nobody was shown. */
  readonly actor: string | null
  readonly operation: AuditOperation
  /** The paths that it changed or wanted to change. */
  readonly paths: readonly string[]
  readonly reason: string
  /** Trace id of the request (W3C Trace Context), or null. */
  readonly traceId: string | null
  readonly outcome: 'committed' | 'denied'
  /** For a refusal: the session it concerned, where one was shown. A change takes both from its record. */
  readonly session: string | null
  readonly subject: string | null
}

export const auditOperations = [
  'create',
  'update',
  'signal',
  'end',
  'end_subject',
  'end_all',
  'exchange',
  'refresh_subject',
  'rotate_keys',
] as const

export type AuditOperation = (typeof auditOperations)[number]

/** One line of the audit. */
export interface AuditRecord extends Omit<AuditEntry, 'session' | 'subject'> {
  /** Gapless per store, from 1. */
  readonly seq: number
  /** The store's time; RFC 3339, UTC. */
  readonly at: string
  /** Keyed hash of the session id. */
  readonly session: string | null
  /** `issuer subject` of the session's person. */
  readonly subject: string | null
  /** Null for a refusal; 0 for a creation. */
  readonly fromVersion: number | null
  readonly toVersion: number | null
}
