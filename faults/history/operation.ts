/** Who asked what, when, and when the answer came: milliseconds of one monotonic clock for all. */
interface Asked {
  /** Whose memory answers: one process of an application. */
  readonly process: string
  readonly session: string
  readonly startMs: number
  readonly endMs: number
}

/** A read, or anything else that answers the session as it is, such as an exchange. */
export interface ReadOperation extends Asked {
  readonly kind: 'read'
  /** What was promised: `strict` is linearizable, `live` is no older than what was acknowledged to anyone (DESIGN section 4). */
  readonly promise: 'strict' | 'live'
  /**
   * `stamp` is the last write that the document shows, null where none has left one; `source` says who answered, a lease or
   * the gateway. `unknown` is an answer that says nothing.
   */
  readonly found:
    | { readonly status: 'active'; readonly version: number; readonly stamp: string | null; readonly source?: string }
    | { readonly status: 'ended' | 'anonymous' | 'unknown'; readonly why?: string }
}

/** A change of the session, its creation included. */
export interface WriteOperation extends Asked {
  readonly kind: 'write'
  /** Of no other write. */
  readonly id: string
  /** The version that it is conditional on; null for a signal, which has no precondition. 0 for a creation. */
  readonly basedOn: number | null
  /**
   * `ok` with the version that was answered: its own or, where a repeat was answered, a later one. `refused` means that it
   * was not applied and never will be. `unknown` means either.
   */
  readonly outcome: { readonly status: 'ok'; readonly version: number } | Failure
}

/** An end of the session. */
export interface EndOperation extends Asked {
  readonly kind: 'end'
  readonly outcome: { readonly status: 'ok' } | Failure
}

/** What became of a change that was not acknowledged, and what was said of it, for people. */
interface Failure {
  readonly status: 'refused' | 'unknown'
  readonly why?: string
}

export type Operation = ReadOperation | WriteOperation | EndOperation

/** A session as it is in the end, when nothing is under way any more. */
export interface FinalSession {
  readonly session: string
  readonly version: number
  readonly ended: boolean
  /** The reason that its tombstone gives, for people. */
  readonly why?: string
  /** Its committed changes in the order of the audit. */
  readonly records: readonly CommittedRecord[]
}

export interface CommittedRecord {
  readonly version: number
  /** The write that made it; null where the audit does not say. */
  readonly write: string | null
  /** Whether the document shows it from then on; a signal leaves no stamp. */
  readonly stamps: boolean
}

/** Something that must not be. */
export interface Violation {
  readonly rule:
    | 'version-order'
    | 'one-winner'
    | 'ended-is-final'
    | 'false-sign-out'
    | 'acknowledged-write-lost'
    | 'applied-twice'
    | 'refused-but-applied'
    | 'audit-equals-versions'
    | 'document-of-its-version'
  readonly session: string
  readonly what: string
  /** What shows it. */
  readonly operations: readonly Operation[]
}

/** The operations of each session, in the order given. */
export function bySession<Op extends { readonly session: string }>(operations: Iterable<Op>): Map<string, Op[]> {
  return Map.groupBy(operations, ({ session }) => session) as Map<string, Op[]>
}
