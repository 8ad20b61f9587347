import type { SubjectOf } from '../consistency/carry-over.ts'
import type { Receipt } from '../document/session-document.ts'
import type { RefreshAnswer, SessionSummary } from '../document/wire-schemas.ts'
import { sessionPath, subjectPath } from './operator-paths.ts'
import type { Presented } from './presented.ts'
import type { SessionWriter } from './session-writer.ts'

/**
 * What an application that operates `'all'` may do to any session. `actor` is the request of the person who acts: the
 * audit names them.
 */
export interface Operations<Actor> {
  list(subject: SubjectOf, actor: Actor): Promise<readonly SessionSummary[]>
  /** Ends one session by its id. */
  end(id: string, reason: string, actor: Actor): Promise<Receipt>
  /** Ends all sessions of a subject, and logins of it that are under way. Answers how many there were. */
  endSubject(subject: SubjectOf, reason: string, actor: Actor): Promise<{ readonly receipt: Receipt; readonly ended: number }>
  /**
   * Derives the entitlements of all sessions of a subject anew, from what the gateway's `claimsOf` says of them now. Answers
   * how many are others than before. Can be repeated.
   */
  refreshSubject(subject: SubjectOf, reason: string, actor: Actor): Promise<RefreshAnswer>
}

/** Makes the operator's calls of one application. */
export function createOperations<View, Actor>(
  writer: SessionWriter<View>,
  shownBy: (actor: Actor) => Promise<Presented | null>,
): Operations<Actor> {
  const sessionsOf = (subject: SubjectOf) => `${subjectPath(subject)}/sessions`
  return {
    list: async (subject, actor) => writer.list(await shownBy(actor), sessionsOf(subject)),
    end: async (id, reason, actor) => (await writer.end(await shownBy(actor), sessionPath(id), reason)).receipt,
    endSubject: async (subject, reason, actor) => writer.end(await shownBy(actor), sessionsOf(subject), reason),
    refreshSubject: async (subject, reason, actor) => writer.refresh(await shownBy(actor), `${subjectPath(subject)}/refresh`, reason),
  }
}
