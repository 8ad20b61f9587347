import type { SessionStore } from '../store.ts'
import type { JournalEntry } from './ends-journal.ts'
import { newEpoch } from './epoch.ts'
import { commitOutcome, createOutcome, endOutcome, exchangeOutcome, positionOf } from './outcomes.ts'
import { commitScript } from './scripts/commit.ts'
import { createScript } from './scripts/create.ts'
import { endAllScript, endScript, endSubjectScript } from './scripts/ends.ts'
import { exchangeScript } from './scripts/tokens.ts'
import type { Calls, Ending } from './session-calls.ts'
import { commitArguments, createArguments, subjectKey, whichArguments } from './verb-arguments.ts'

/** The verbs that change sessions. */
export function sessionVerbs(calls: Calls): Pick<SessionStore, 'create' | 'commit' | 'end' | 'endSubject' | 'endAll' | 'exchange'> {
  return {
    async create(session, entry) {
      return createOutcome(await calls.write(createScript, createArguments(session, entry), ([, , , , , ended]) => overflowIn(ended)))
    },
    async commit(change, entry) {
      return commitOutcome(await calls.write(commitScript, commitArguments(change, entry)))
    },
    async end(id, reason, entry) {
      const endingIn = ([, , , kind]: readonly unknown[]): Ending | null =>
        kind === 'ended' || kind === 'expired' ? { entry: { ...endOf([id]), reason }, isConcluded: reason !== 'revoked' } : null
      return endOutcome(await calls.write(endScript, [id, reason, JSON.stringify(entry)], endingIn))
    },
    async endSubject(person, which, entry) {
      const args = [
        subjectKey(person),
        `${person.issuer} ${person.subject}`,
        ...whichArguments(which),
        JSON.stringify({ ...entry, session: null, subject: null }),
      ]
      const reply = await calls.write(endSubjectScript, args, ([, , , , ids, endings]) => ({
        entry: { ...endOf(ids as string[]), subjectKey: subjectKey(person), endings: endings as number },
        isConcluded: false,
      }))
      return { ...positionOf(reply), ended: reply[6] as string[] }
    },
    async endAll(entry) {
      const args = [newEpoch(), JSON.stringify({ ...entry, session: null, subject: null })]
      const endingIn = ([, , , , endings]: readonly unknown[]): Ending => ({
        entry: { ...endOf([]), kind: 'all', endings: endings as number },
        isConcluded: false,
      })
      return positionOf(await calls.write(endAllScript, args, endingIn))
    },
    async exchange(id, shown, idleMs, reuse) {
      const endingIn = ([, , , kind]: readonly unknown[]): Ending | null =>
        kind === 'reused' ? { entry: { ...endOf([id]), reason: 'reused' }, isConcluded: true } : null
      return exchangeOutcome(await calls.write(exchangeScript, [id, shown, idleMs, JSON.stringify(reuse)], endingIn))
    },
  }
}

/** The sessions that gave way to a new one. */
function overflowIn(ids: unknown): Ending | null {
  return Array.isArray(ids) && ids.length > 0 ? { entry: endOf(ids), isConcluded: true } : null
}

function endOf(ids: readonly string[]): JournalEntry {
  return { kind: 'sessions', ids, reason: 'revoked', subjectKey: null, endings: 0 }
}
