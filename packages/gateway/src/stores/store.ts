import type { AppliedWrite, EndReason, Receipt, StoredSignal, SubjectOf, WriteStamp } from '@single-state/core/protocol'
import type { AuditEntry, AuditRecord } from '../audit/record.ts'

/** One session as a store keeps it. Times are milliseconds of the store's own clock. */
export interface SessionRecord extends SubjectOf, WriteStamp {
  readonly id: string
  /** Keyed hash of the id, for audit and logs. */
  readonly idHash: string
  /** The reign that it was created in: `endAll` begins another, and ends what is of an earlier one. */
  readonly reign: number
  /** Revision of the contract that `body` was written under. */
  readonly contract: number
  /** Identity, entitlements and context, as text that only the gateway reads (it may be encrypted). */
  readonly body: string
  readonly signals: Readonly<Record<string, StoredSignal>>
  /** The provider's own session id (`sid`), by which it can end this one; null where it gave none. */
  readonly idpSession: string | null
  readonly createdAtMs: number
  /** Absolute end. */
  readonly expiresAtMs: number
  /** End for lack of use; moves with each exchange. */
  readonly idleAtMs: number
  readonly lastExchangeAtMs: number
  /** The tombstone: set once, never cleared (rule 9). */
  readonly ended: EndReason | null
  /** When the tombstone was set; null without one. */
  readonly endedAtMs: number | null
  /** Generation of the newest token, from 1. */
  readonly generation: number
  /** When that generation was first shown; null until then. */
  readonly confirmedAtMs: number | null
  /** The last applied writes, oldest first. */
  readonly writes: readonly AppliedWrite[]
}

/** Where the store stood in the atomic step that an answer was read in. */
export interface Position {
  /** Counts changes: one more with every create, commit and end. */
  readonly seq: number
  /** Changes when the store's primary does; equal epochs have comparable `seq`. */
  readonly epoch: string
  /** The store's clock. */
  readonly nowMs: number
}

/** A session to create. The store adds its own times. */
export interface NewSession extends SubjectOf {
  readonly id: string
  readonly idHash: string
  readonly draw: string
  readonly contract: number
  readonly body: string
  readonly idpSession: string | null
  readonly idleMs: number
  readonly absoluteMs: number
  /** Subject endings that had happened when the login began: one of this subject since then refuses the session (rule 9). */
  readonly endingsAtStart: number
  /** Most sessions of one subject that may live at once, and what happens beyond; null for no limit. */
  readonly limit: { readonly max: number; readonly onOverflow: 'deny' | 'end-oldest' } | null
  /** The session that this one replaces: ended in the same step. */
  readonly replaces: string | null
}

/** A change of one session. */
export interface Commit {
  readonly id: string
  /** What the change was based on; null for a signal, which has no precondition (rule 4). */
  readonly expected: WriteStamp | null
  /** The stored text that it was made from. A body that is another one is a conflict, whatever its version: somebody altered it. */
  readonly basedOn?: string
  /** The draw of the version that it makes. */
  readonly draw: string
  readonly contract: number
  /** Generation of the token that was shown with it: confirms the newest, in the same step. Null for an operator's change. */
  readonly shown: number | null
  /** The new body; null leaves it. */
  readonly body: string | null
  /** A signal to publish; its end is counted on the store's clock. */
  readonly signal: { readonly name: string; readonly value: unknown; readonly ttlMs: number } | null
  /** Key and hash of the request, for its repeat; null when it cannot be repeated. */
  readonly write: { readonly key: string; readonly requestHash: string } | null
}

/**
 * Which sessions of a person are ended: all, all but one, those that one session of the provider began, or none, where only
 * a login under way is to begin again.
 */
export type SessionsToEnd = 'all' | 'none' | { readonly except: string } | { readonly idpSession: string }

export type CreateOutcome = Position &
  (
    | { readonly kind: 'created'; readonly record: SessionRecord; readonly ended: readonly string[] }
    | { readonly kind: 'cutoff' }
    | { readonly kind: 'limit' }
  )

export type CommitOutcome = Position &
  (
    | { readonly kind: 'committed' | 'repeated'; readonly record: SessionRecord }
    | { readonly kind: 'conflict'; readonly version: number }
    | { readonly kind: 'key_reused' }
    | { readonly kind: 'ended'; readonly reason: EndReason }
    | { readonly kind: 'absent' }
  )

export type EndOutcome = Position & { readonly kind: 'ended' | 'expired' | 'already' | 'absent' }

export type ExchangeOutcome = Position &
  (
    | { readonly kind: 'next' | 'same'; readonly record: SessionRecord }
    /** This token was replaced long ago: this call has ended the session. A later one finds it `ended`. */
    | { readonly kind: 'reused' }
    | { readonly kind: 'ended'; readonly reason: EndReason }
    | { readonly kind: 'absent' }
  )

/** Signing keys as the gateway keeps them: opaque texts, encrypted by the gateway before they come here. */
export interface StoredKeys {
  /** Raised with every save; the precondition of the next. */
  readonly revision: number
  readonly keys: readonly string[]
}

/** A process that reads from memory, and where it stood when it was heard of last. */
export interface Reader {
  /** Names the process. */
  readonly process: string
  /** The last change that it has taken in; an empty epoch before its first. */
  readonly epoch: string
  readonly seq: number
  /** Names the telling that it was heard of in last. */
  readonly mark: string
}

/** What the heartbeats of one gateway tell of readers. */
export interface Heard {
  /** Names this telling; no other has the name. */
  readonly mark: string
  /** Each process once. */
  readonly readers: readonly Omit<Reader, 'mark'>[]
  /** Readers whose leases are over: each is forgotten unless it was heard of since that mark. */
  readonly forget: readonly Pick<Reader, 'process' | 'mark'>[]
}

/** The readers that a store knows. */
export interface KnownReaders {
  readonly readers: readonly Reader[]
  /** Another one whenever the store may have lost readers within an epoch. */
  readonly registry: string
}

/** Something that whoever operates a store should know. No secrets: addresses without passwords. */
export interface StoreNote {
  /** `warn` may lose something one day, `fail` will. */
  readonly level: 'ok' | 'warn' | 'fail'
  /** What was found. */
  readonly found: string
  /** What to do about it; null where all is well. */
  readonly fix: string | null
}

/**
 * Where sessions live. Every method is one atomic step; every method is required; the memory store is the reference.
 *
 * Rejections: a store that cannot answer rejects with `SessionError` `store_unavailable`; one that may have applied a
 * change without being able to say so rejects with `outcome_unknown`. Nothing else is thrown for a well-formed call.
 */
export interface SessionStore {
  /** What the start-up lines call it. */
  readonly name: string
  /** What an acknowledged change survives. */
  readonly durability: Receipt['durability']
  /**
   * Creates a session at version 1, generation 1, unconfirmed, with its audit record (versions 0 to 1); ends what it
   * replaces and, under `end-oldest`, the oldest beyond the limit, each with a record of its own (`end`, reason
   * `session.replaced` or `session.limit`) before it. What it replaces does not count towards the limit. Refuses a
   * subject that was ended since the login began, and then ends nothing. An id that the store knows is a TypeError.
   */
  create(session: NewSession, audit: AuditEntry): Promise<CreateOutcome>
  /**
   * Reads many sessions in one step, in order; null for an id that the store does not know. Ended ones are returned as such.
   *
   * `met` are records that the caller has, one for each id where it has one. They change nothing of what is answered: a
   * store may answer with one of them in the place of an equal one, so that a session that did not change, its body
   * included, need not be sent. Which version it has is not enough to tell.
   */
  read(
    ids: readonly string[],
    met?: readonly (SessionRecord | null)[],
  ): Promise<Position & { readonly records: readonly (SessionRecord | null)[] }>
  /**
   * Applies a change if the session is alive and still at `expected`, with its audit record. A repeat of an applied write
   * changes nothing and is found before the precondition, but not in an ended session. The version rises by exactly 1
   * (rule 2). A change that is not applied confirms nothing; the read that follows it does. Signals that have run out are
   * dropped here and nowhere else.
   */
  commit(change: Commit, audit: AuditEntry): Promise<CommitOutcome>
  /**
   * Ends one session for good, with its audit record; the version stays. An end is never refused for lack of audit space
   * alone. One that had run out is ended too, but outcome and tombstone say `expired`: the reason that a person was told
   * stays, and the session stays ended if the store's clock is set back. `already`: there was a tombstone; it is kept.
   */
  end(id: string, reason: EndReason, audit: AuditEntry): Promise<EndOutcome>
  /**
   * Ends the sessions of a subject that `which` says, with a record each, and raises the subject's cutoff whatever it says,
   * with a record that names no session: a login that began before this call creates no session after it.
   * Each is ended as `end` ends it and is in the change log. Answers the ids of those that were alive, oldest first.
   */
  endSubject(subject: SubjectOf, which: SessionsToEnd, audit: AuditEntry): Promise<Position & { readonly ended: readonly string[] }>
  /**
   * Ends every session in one step, whatever their number, with one record that names no session, and raises the cutoff of
   * every subject. Begins a new reign, counted in `endings`: a session of an earlier one is returned as ended `revoked` at
   * this moment, or as `expired` if it had run out by then. `seq` goes on in a new epoch, so that every reader starts anew.
   */
  endAll(audit: AuditEntry): Promise<Position>
  /**
   * Exchanges a token of generation `shown` by `decideExchange`; `next` and `same` record the activity. A token that was
   * replaced long ago ends the session, with `reuse` as its audit record. No version, no `seq` otherwise.
   */
  exchange(id: string, shown: number, idleMs: number, reuse: AuditEntry): Promise<ExchangeOutcome>
  /**
   * Confirms generation `shown` if it is the newest and unconfirmed and the session is alive, and reads the session in the
   * same step. No version, no `seq`. A store that can read but not write answers with the session as it is.
   */
  confirm(id: string, shown: number): Promise<Position & { readonly record: SessionRecord | null }>
  /** The living sessions of a subject, oldest first. */
  listBySubject(subject: SubjectOf): Promise<Position & { readonly records: readonly SessionRecord[] }>
  /** The living sessions that a provider's own session began. */
  findByIdpSession(issuer: string, idpSession: string): Promise<Position & { readonly records: readonly SessionRecord[] }>
  /**
   * The id of every change after `seq`, one for each and in their order, or `reset` when the store cannot tell (another epoch, a `seq` from the future or
   * from before the log: it keeps the last 10,000 changes), and every reader that is known, in no order.
   *
   * What was `heard` is noted *before* the look, where every later look of anybody finds it: a lease that this answer makes
   * belongs to a reader that is known. Where it cannot be noted the call rejects. A failover may lose readers, for its epoch
   * tells; so may a restart, if `registry` does.
   */
  changesSince(
    seq: number,
    epoch: string,
    heard?: Heard,
  ): Promise<Position & KnownReaders & ({ readonly kind: 'changes'; readonly ids: readonly string[] } | { readonly kind: 'reset' })>
  /** Writes an audit record that belongs to no change of a session: something that was refused, or concerns none. */
  appendAudit(entry: AuditEntry): Promise<void>
  /** Audit records in order of their sequence, after `afterSeq`, of one session where its hash is given; at most `limit`. */
  auditQuery(query: { readonly afterSeq: number; readonly idHash: string | null; readonly limit: number }): Promise<readonly AuditRecord[]>
  /**
   * Removes sessions that were over before `endedBeforeMs` and audit records older than `auditBeforeMs`, oldest first and
   * at most `limit` of each. What is left of the audit has no gap.
   */
  sweep(bounds: {
    readonly endedBeforeMs: number
    readonly auditBeforeMs: number
    readonly limit: number
  }): Promise<{ readonly sessions: number; readonly audit: number }>
  signingKeys(): Promise<StoredKeys>
  /** Replaces the keys if `revision` is still the stored one; false when another gateway was faster. */
  saveSigningKeys(revision: number, keys: readonly string[]): Promise<boolean>
  /** Proves that the store answers. `writable` is false from a write that failed until one succeeds; `endings` counts the subject endings so far. */
  health(): Promise<Position & { readonly writable: boolean; readonly endings: number }>
  /** What is to be known of persistence, replication and schema, found out now. For `single-state doctor`: it may take its time. */
  diagnose(): Promise<readonly StoreNote[]>
  close(): Promise<void>
}
